import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const CODE_CACHE = pathToFileURL(join(import.meta.dirname, '../../../harness/cli/code-cache.ts')).href

/** A program of two files; `later` is called when both are loaded. */
const MAIN = `const { later } = require('./part.js')
const { join } = require('node:path')
exports.answer = (word) => join(later(word), __filename.slice(-7))`
const PART = `exports.later = function later(word) { return word + '!' }
exports.never = function never() {}`

function program(root: string) {
  const folder = join(root, 'v1')
  mkdirSync(folder)
  writeFileSync(join(folder, 'main.js'), MAIN)
  writeFileSync(join(folder, 'part.js'), PART)
  writeFileSync(
    join(root, 'run.mjs'),
    `import { enableCompileCache } from 'node:module'
enableCompileCache()
const { loadCommonJs } = await import(${JSON.stringify(CODE_CACHE)})
console.log(loadCommonJs(${JSON.stringify(join(folder, 'main.js'))}).exports.answer(process.argv[2]))`,
  )
  const cache = join(root, 'cache')
  const log = join(root, 'v8.log')
  return {
    folder,
    /** What it prints, and which functions V8 had to compile for it. */
    run(word: string, env: NodeJS.ProcessEnv = {}) {
      const flags = ['--log-function-events', '--no-logfile-per-isolate', `--logfile=${log}`]
      const printed = execFileSync(process.execPath, [...flags, join(root, 'run.mjs'), word], {
        encoding: 'utf8',
        env: { ...process.env, NODE_COMPILE_CACHE: cache, ...env },
      })
      const compiled = [...readFileSync(log, 'utf8').matchAll(/^function,parse-function,.*,(later|never)$/gm)]
      return { printed: printed.trim(), compiled: compiled.map(([, name]) => name) }
    },
    /** The files of the cache, by what they are called. */
    kept(): Map<string, string> {
      const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.code'))
      return new Map(files.map((name) => [name.split('/').at(-1) ?? '', join(cache, name)]))
    },
  }
}

test('what one process has compiled, the next does not', () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'code-cache-'))
  const { run, kept } = program(root.path)
  expect(run('one')).toEqual({ printed: 'one!/main.js', compiled: ['later'] })
  expect([...kept().keys()].toSorted()).toEqual(['main.js.code', 'part.js.code'])
  expect(run('two')).toEqual({ printed: 'two!/main.js', compiled: [] })
})

test.each<[string, (code: Buffer) => Buffer]>([
  ['damaged', (code) => code.fill(0x55, code.length / 2, code.length / 2 + 16)],
  ['cut short', (code) => code.subarray(0, 100)],
  ['empty', () => Buffer.alloc(0)],
])('code that is %s is compiled and kept again', (_, spoil) => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'code-cache-'))
  const { run, kept } = program(root.path)
  run('one')
  for (const file of kept().values()) writeFileSync(file, spoil(readFileSync(file)))
  expect(run('two')).toEqual({ printed: 'two!/main.js', compiled: ['later'] })
  expect(run('three')).toEqual({ printed: 'three!/main.js', compiled: [] })
})

test.each(['?', '!?'])('a file that was changed to say %s is compiled anew', (mark) => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'code-cache-'))
  const { run, folder } = program(root.path)
  run('one')
  writeFileSync(join(folder, 'part.js'), PART.replace('!', mark))
  expect(run('two')).toEqual({ printed: `two${mark}/main.js`, compiled: ['later'] })
})

test.skipIf(process.platform === 'win32')(
  'code that others could have written is not run, and none is left there',
  () => {
    using root = mkdtempDisposableSync(join(tmpdir(), 'code-cache-'))
    const { run, kept } = program(root.path)
    run('one')
    const [file = ''] = kept().values()
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    chmodSync(dirname(file), 0o777)
    rmSync(file)
    expect(run('two')).toEqual({ printed: 'two!/main.js', compiled: ['later'] })
    expect([...kept().values()]).not.toContain(file)
  },
)

test('who wants no compile cache gets none', () => {
  using root = mkdtempDisposableSync(join(tmpdir(), 'code-cache-'))
  const { run } = program(root.path)
  expect(run('one', { NODE_DISABLE_COMPILE_CACHE: '1' }).printed).toBe('one!/main.js')
  expect(readdirSync(root.path)).not.toContain('cache')
})
