import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Packed } from './packed.ts'
import { runProgram } from './run-program.ts'

const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    lib: ['esnext'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    // So that the package's own declarations are checked, too.
    skipLibCheck: false,
  },
}

const scenario = `
import { scenario } from 'landscape-lab/scenario'

export default scenario({
  id: 'consumer/mail/nothing-yet',
  title: 'No mail has come',
  requirement: 'our own',
  on: { client: 'password-secure/client', mail: 'smtp-server' },
  brokenBy: { stop: 'mail' },
  async run({ client, mail, expect, step }) {
    await step('the mailbox is empty', async () => {
      const { total, mails } = await mail.call('search', { to: 'owner@corp.example' })
      const count: number = total
      const subjects: string[] = mails.map(({ subject }) => subject)
      expect(subjects, 'subjects').toEqual([])
      return count
    })
    // @ts-expect-error: there is no such action
    await client.call('no-such-action', {})
    // @ts-expect-error: there is no such question
    await mail.call('search', { nobody: 1 })
  },
})

// @ts-expect-error: there is no such kind
scenario({ id: '', title: '', requirement: '', on: { a: 'no-such-kind' }, brokenBy: { stop: 'a' }, async run() {} })
`

const library = `
import { loadLandscape, type RunningLandscape, startLandscape } from 'landscape-lab'

export async function endpoints(signal: AbortSignal): Promise<number> {
  await using lab: RunningLandscape = await startLandscape('load-balanced', { with: ['drop:to=app1,port=11018'], signal })
  const said: unknown = await lab.host('client1').probe('tcp', { host: 'app1', port: 11011 })
  return said === undefined ? 0 : lab.endpoints('operator').length
}
export const names: readonly string[] = (await loadLandscape('password-secure')).hosts.map(({ name }) => name)
`

const sqlServer = `
import { type LocalSqlServer, startSqlServer } from 'landscape-lab/sql-server'

await using server: LocalSqlServer = await startSqlServer({ databases: ['Shop'] })
const rows = await server.execute('Shop', 'SELECT DB_NAME() AS name')
const port: number = server.clientConfig.port
console.log(JSON.stringify({ rows, listens: port > 0 }))
// @ts-expect-error: there is no such edition
export const wrong = () => startSqlServer({ edition: 'web' })
`

const vitestTest = `
import { landscapeTest, test } from 'landscape-lab/vitest'
import { expect } from 'vitest'

test('the default landscape is up', async ({ lab }) => {
  const host: string = lab.host('app1').name
  expect(host).toBe('app1')
  expect(lab.endpoints('operator').length).toBeGreaterThan(5)
})
landscapeTest({ landscape: 'own', hosts: { mail1: { runs: { 'smtp-server': {} } } } }, { scope: 'test' })(
  'a landscape of our own',
  async ({ lab }) => expect(await lab.host('mail1').probe('tcp', { host: 'mail1', port: 25 })).toMatchObject({ ok: true }),
)
`

const ON_ITS_OWN = join(import.meta.dirname, '../../mocks/sql-server/ON-ITS-OWN.md')

/** What the SQL Server's page shows, where it is a program of its own. */
export function documentedPrograms(): readonly string[] {
  const blocks = readFileSync(ON_ITS_OWN, 'utf8').matchAll(/```ts\n(.*?)```/gs)
  return [...blocks].map(([, code = '']) => code).filter((code) => code.includes('await using server'))
}

/** An empty project with the package installed, and a file for each of its doors. Vitest is the project's own. */
export async function consumer(packed: Packed, nodeModules: string): Promise<string> {
  const folder = join(packed.folder, 'project')
  mkdirSync(folder)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('package.json', JSON.stringify({ name: 'project', private: true, type: 'module' }))
  write('tsconfig.json', JSON.stringify(tsconfig))
  write('own-scenario.ts', scenario)
  write('library.ts', library)
  write('sql-server.ts', sqlServer)
  for (const [i, program] of documentedPrograms().entries()) write(`documented-${i}.mjs`, program)
  write('landscape.test.ts', vitestTest)
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', packed.tarball]
  const { code, errors } = await runProgram('npm', args, folder)
  if (code !== 0) throw new Error(`npm install: ${errors}`)
  symlinkSync(join(nodeModules, 'vitest'), join(folder, 'node_modules', 'vitest'), 'junction')
  return folder
}
