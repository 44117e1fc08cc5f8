import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const door = join(root, 'harness/vitest.ts')

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { title: string; status: string; failureMessages: readonly string[] }[]
  }[]
}

/** Runs test files of somebody who uses the library, with vitest's own defaults, and gives each test's outcome. */
async function outcomes(files: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(root, 'test/harness/.user-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const report = join(folder, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [
    vitest,
    'run',
    '--root',
    folder,
    '--config',
    'none.config.ts',
    '--reporter=json',
    '--outputFile',
    report,
  ]
  writeFileSync(join(folder, 'none.config.ts'), 'export default {}\n')
  // Red tests are what is looked at: the exit code says nothing more.
  await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(() => undefined)
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'))
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  return new Map(all.map(({ title, status, failureMessages }) => [title, [status, ...failureMessages].join(': ')]))
}

const imports = (names: string) => `import { ${names} } from ${JSON.stringify(door)}\nimport { expect } from 'vitest'\n`

test('the landscape is a fixture: shared by a file or fresh for a test, and told when it does not start', async () => {
  const shared = `${imports('landscapeTest')}
    const test = landscapeTest('password-secure', SCOPE)
    const seen = new Set()
    for (const name of ['FILE first', 'FILE second']) test(name, ({ lab }) => {
      seen.add(lab.folder)
      expect(seen.size).toBe(COUNT(name))
    })`
  const found = await outcomes({
    'shared.test.ts': shared.replace('SCOPE', '{}').replace('COUNT(name)', '1').replaceAll('FILE', 'shared'),
    'fresh.test.ts': shared
      .replace('SCOPE', "{ scope: 'test' }")
      .replace('COUNT(name)', "name.endsWith('first') ? 1 : 2")
      .replaceAll('FILE', 'fresh'),
    'failing.test.ts': `${imports('landscapeTest')}
      landscapeTest('password-secure', { with: ['stop:at=nowhere.sql-server'] })('failing', ({ lab }) => void lab)`,
  })
  expect(Object.fromEntries(found)).toEqual({
    'shared first': 'passed',
    'shared second': 'passed',
    'fresh first': 'passed',
    'fresh second': 'passed',
    failing: expect.stringMatching(/^failed: .*nowhere/s),
  })
})

test("a failure that a landscape expects and does not show is red in the user's tests as well", async () => {
  const id = 'password-secure/licence/activated-at-start'
  const landscape = `landscape: tiny
hosts:
  sql1: { runs: { sql-server: } }
  app1: { runs: { password-secure/app-server: } }
  license1: { runs: { password-secure/license-server: } }
  mail1: { runs: { smtp-server: } }
  client1: { runs: { password-secure/client: } }
expect:
  - scenario: ${id}
`
  const found = await outcomes({
    'tiny.yaml': landscape,
    'tiny.test.ts': `${imports('testScenarios')}await testScenarios(${JSON.stringify('./tiny.yaml')})`,
  })
  expect(found.get(`${id} fails, as the landscape expects`)).toMatch(/^failed: .*no case of this scenario failed/s)
})
