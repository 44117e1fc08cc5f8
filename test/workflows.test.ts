import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { verbs } from '../harness/cli/verbs.ts'
import { startLandscape } from '../harness/standard.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.github/workflows')

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>
}

test.each(readdirSync(folder))('%s runs scripts and verbs that are there', (file) => {
  const { jobs } = parse(readFileSync(join(folder, file), 'utf8')) as Workflow
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const called = (pattern: RegExp) => commands.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name))
  expect(called(/npm run (\S+)/g).filter((name) => !(`${name}` in scripts))).toEqual([])
  const landscape = called(/landscape ([a-z-]+)/g)
  expect(landscape.length).toBeGreaterThan(0)
  expect(landscape.filter((name) => !verbs.has(`${name}`))).toEqual([])
})

test('the landscape around the real SQL Server stands where it is simulated, too', async () => {
  await using lab = await startLandscape(join(root, '.github/real-sql-server.yaml'))
  const database = await lab.host('app1').call('password-secure/app-server', 'status', {})
  expect(database).toMatchObject({ database: { connected: true } })
})
