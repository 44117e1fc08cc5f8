import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consumer, documentedPrograms } from './package/consumer.ts'
import { oldNode } from './package/old-node.ts'
import { type Packed, pack } from './package/packed.ts'
import { runProgram } from './package/run-program.ts'

const nodeModules = join(import.meta.dirname, '../node_modules')
const old = oldNode()

describe('the package that npm packs, installed in an empty project', { timeout: 240_000 }, () => {
  let packed: Packed | undefined
  let project: string

  beforeAll(async () => {
    packed = await pack()
    project = await consumer(packed, nodeModules)
  }, 240_000)
  afterAll(() => packed?.[Symbol.dispose](), 240_000)

  test('carries what runs, and neither tests nor sources', () => {
    expect(packed?.files).toContain('dist/harness/cli/landscape.js')
    expect(packed?.files).toContain('dist/scenarios/landscapes/password-secure.yaml')
    const strange = packed?.files.filter(
      (path) => !/^(package\.json|README\.md|dist\/.+)$/.test(path) || (/\.ts$/.test(path) && !/\.d\.ts$/.test(path)),
    )
    expect(strange).toEqual([])
  })

  test('brings no Node and no tools', () => {
    const own = JSON.parse(readFileSync(join(project, 'node_modules/landscape-lab/package.json'), 'utf8'))
    expect(own).not.toHaveProperty('optionalDependencies')
    expect(own).not.toHaveProperty('devDependencies')
    expect(own).not.toHaveProperty('scripts')
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
    const names = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ''))
    expect(names.filter((name) => /^(node-(bin|linux|win)|typescript$|vitest$|@biomejs\/)/.test(name))).toEqual([])
  })

  test('type-checks against strict settings, actions of components included', async () => {
    const tsc = join(nodeModules, 'typescript/bin/tsc')
    const { output } = await runProgram(process.execPath, [tsc, '--project', '.', '--pretty', 'false'], project)
    // Declarations of other packages are checked as well, and are not ours to answer for.
    const ours = output
      .split('\n')
      .filter((line) => line !== '' && !/^(\s|node_modules\/(?!landscape-lab\/))/.test(line))
    expect(ours).toEqual([])
  })

  test('verifies the Password Secure landscape', async () => {
    const { code, output, errors } = await runProgram(
      'npx',
      ['--no-install', 'landscape', 'verify', 'password-secure'],
      project,
    )
    expect({ code, errors: code === 0 ? '' : `${output}${errors}` }).toEqual({ code: 0, errors: '' })
    const passed = Number(/^(\d+) passed, 0 failed, \d+ skipped$/m.exec(output)?.[1])
    expect(passed).toBeGreaterThanOrEqual(60)
  })

  test('starts a SQL Server on its own', async () => {
    const { output, errors } = await runProgram(process.execPath, ['sql-server.ts'], project)
    expect({ output, errors }).toEqual({ output: '{"rows":[{"name":"Shop"}],"listens":true}\n', errors: '' })
  })

  test("runs what the SQL Server's page shows", async () => {
    const said: string[] = []
    for (const i of documentedPrograms().keys()) {
      const { output, errors } = await runProgram(process.execPath, [`documented-${i}.mjs`], project)
      expect(errors).toBe('')
      said.push(output.replace(/^\d{4}-.*Logon /gm, 'AT Logon '))
    }
    expect(said.join('---\n')).toMatchInlineSnapshot(`
      "[ { id: 1, item: 'tea' } ]
      ---
      [ { who: 'CORP\\\\alice' } ]
      ---
      Login failed for user 'sa'. Reason: The password of the account has expired.
      Login failed for user 'app'. Reason: The account is disabled.
      AT Logon       Login failed for user 'app'. Reason: The account is disabled. [CLIENT: 127.0.0.1]
      Server requires encryption, set 'encrypt' config option to \`true\`.
      Login failed for user 'sa'.
      SQL Server service has been paused. No new connections will be allowed. To resume the service, use SQL Computer Manager or the Services application in Control Panel.
      a page is damaged
      "
    `)
  })

  test("gives vitest's tests their landscape", async () => {
    const vitest = join(project, 'node_modules/vitest/vitest.mjs')
    const { code, output, errors } = await runProgram(process.execPath, [vitest, 'run'], project)
    expect({ code, output: code === 0 ? '' : `${output}${errors}` }).toEqual({ code: 0, output: '' })
    expect(output).toContain('2 passed')
  })

  test.skipIf(old === undefined)('tells an old Node what to do (skipped where there is none)', async () => {
    const bin = join(project, 'node_modules/landscape-lab/dist/harness/cli/landscape.js')
    const { code, errors } = await runProgram(old ?? '', [bin, 'verify'], project)
    expect(code).toBe(2)
    expect(errors).toMatch(
      /^landscape needs Node >=24\.12\.0, and this is Node v\d+\S+ .*\nInstall a current one from /,
    )
  })
})
