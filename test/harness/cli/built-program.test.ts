import { mkdirSync, mkdtempDisposableSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { builtProgram, programPlace } from '../../../harness/cli/built-program.ts'

const emptyFolder = () => mkdtempDisposableSync(join(tmpdir(), 'built-program-'))
const SOURCES = ['harness/main.ts', 'mocks/kind.ts']

function write(root: string, path: string, text: string) {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** A repository with two sources, and the program that was made of them. */
function repository(root: string, changes: object = {}) {
  for (const path of SOURCES) write(root, path, `// ${path}`)
  const sources = SOURCES.map((path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    return [path, size, mtimeMs]
  })
  write(programPlace(root), 'program.json', JSON.stringify({ root, entry: 'v1/main.js', sources, ...changes }))
  write(programPlace(root), 'v1/main.js', '')
}

test('the program is run while it is made of just these sources', () => {
  using root = emptyFolder()
  expect(builtProgram(root.path)).toBeUndefined()
  repository(root.path)
  const entry = join(programPlace(root.path), 'v1/main.js')
  expect(builtProgram(root.path)).toBe(entry)
  expect(builtProgram(`${root.path}/`)).toBe(entry)
})

test.each<[string, (root: string) => void]>([
  ['a longer source', (root) => write(root, 'mocks/kind.ts', '// mocks/kind.ts and more')],
  ['one of the same length, written later', (root) => utimesSync(join(root, 'harness/main.ts'), 1, 1)],
  ['a source that is gone', (root) => repository(root, { sources: [['harness/gone.ts', 1, 1]] })],
  ['a repository that was moved', (root) => repository(root, { root: '/elsewhere' })],
  ['an entry that is gone', (root) => repository(root, { entry: 'v0/main.js' })],
  ['half a manifest', (root) => write(programPlace(root), 'program.json', '{ "root": ')],
])('%s: the sources are run', (_, change) => {
  using root = emptyFolder()
  repository(root.path)
  change(root.path)
  expect(builtProgram(root.path)).toBeUndefined()
})
