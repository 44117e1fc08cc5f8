import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { missing } from '../../support/programs.ts'
import { runClient } from './interop/run-client.ts'

const spec = {
  landscape: 'instances',
  patienceMs: 1_500,
  hosts: {
    sql1: {
      runs: {
        'sql-server': {
          instances: { VAULT: { edition: 'express' as const }, REPORTS: { port: 50_433, hidden: true } },
        },
      },
    },
    client1: { runs: { 'password-secure/app-server': { database: 'sql1', databaseInstance: 'VAULT' } } },
    license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
  },
}
const sa = { user: 'sa', password: 'Adm1n-of-SQL!' }

const noFreeTds = missing('tsql')

/** What the Browser answers to these bytes, undefined when it says nothing. */
async function asked(lab: RunningLandscape, bytes: Uint8Array, waitMs = 2_000): Promise<Buffer | undefined> {
  const at = lab.endpoints('client1').find(({ protocol, to }) => protocol === 'udp' && to === 'sql1')
  if (!at) throw new Error('client1 sees no Browser')
  const socket = createSocket('udp4')
  try {
    socket.send(bytes, at.seenPort, at.address)
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(waitMs) })
    return answer
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}

const named = (first: readonly number[], name: string) => Buffer.concat([Buffer.from(first), Buffer.from(`${name}\0`)])

test('the Browser answers as [MC-SQLR] says, and nothing that is no question', async () => {
  await using lab = await startLandscape(spec)
  const all = await asked(lab, Uint8Array.of(0x03))
  const text = all?.toString('latin1', 3) ?? ''
  expect(all?.[0]).toBe(0x05)
  expect(all?.readUInt16LE(1)).toBe(text.length)
  expect(text).toMatch(/^ServerName;SQL1;InstanceName;MSSQLSERVER;IsClustered;No;Version;16\.[0-9.]+;tcp;1433;;/)
  expect(text).toMatch(/InstanceName;VAULT;IsClustered;No;Version;[0-9.]+;tcp;\d{5};;$/)
  expect(text).not.toContain('REPORTS')
  expect(await asked(lab, Uint8Array.of(0x02))).toEqual(all)
  expect((await asked(lab, named([0x04], 'vault')))?.toString('latin1')).toContain('InstanceName;VAULT;')

  // Hidden, unknown, too long, the administrator's connection, and no question at all: not a word.
  const silent = [
    named([0x04], 'REPORTS'),
    named([0x04], 'NONE'),
    named([0x04], 'x'.repeat(33)),
    named([0x0f, 1], 'VAULT'),
  ]
  for (const bytes of [...silent, Buffer.from([0x07]), Buffer.alloc(9_000)]) {
    expect(await asked(lab, bytes, 150)).toBeUndefined()
  }
  await lab.host('sql1').call('sql-server', 'stop-instance', { instance: 'VAULT' })
  expect(await asked(lab, named([0x04], 'VAULT'), 150)).toBeUndefined()
  const entries = await lab.host('sql1').journal('sql-server')
  expect(entries.filter(({ type }) => type === 'browser-ignored')).toHaveLength(3)
  expect(entries.find(({ type, facts }) => type === 'browser-asked' && facts.request === 'all')?.facts).toMatchObject({
    request: 'all',
    told: ['MSSQLSERVER', 'VAULT'],
  })
})

test.for([{ mapped: false }, { mapped: true }])(
  'tedious finds a named instance, mapped: $mapped',
  async ({ mapped }) => {
    await using lab = await startLandscape(spec, { mapped })
    const client = lab.host('client1')
    const query = "SELECT @@SERVERNAME AS name, @@SERVICENAME AS service, SERVERPROPERTY('InstanceName') AS instance"
    const seen = await client.probe('sql', { server: 'sql1\\VAULT', ...sa, query })
    expect(seen, JSON.stringify(seen)).toMatchObject({ ok: true })
    expect(seen.facts.sql).toMatchObject({ rows: [{ name: 'SQL1\\VAULT', service: 'VAULT', instance: 'VAULT' }] })
    const own = await client.probe('sql', { server: 'sql1', ...sa, query })
    expect(own.facts.sql).toMatchObject({ rows: [{ name: 'SQL1', service: 'MSSQLSERVER', instance: null }] })

    const wrong = await client.probe('sql', { server: 'sql1\\NOTHING', ...sa })
    expect(wrong.error).toMatchObject({ code: 'EINSTLOOKUP' })
    expect(wrong.error?.text).toContain('Port for NOTHING not found in')
    // A hidden one must be asked for by its port.
    expect(await client.probe('sql', { server: 'sql1\\REPORTS', ...sa })).toMatchObject({ ok: false })
    expect(await client.probe('sql', { server: 'sql1', port: 50_433, ...sa })).toMatchObject({ ok: true })

    await lab.host('sql1').call('sql-server', 'stop-browser', {})
    const unheard = await client.probe('sql', { server: 'sql1\\VAULT', ...sa })
    expect(unheard).toMatchObject({ ok: false })
    expect(unheard.error?.code, JSON.stringify(unheard.error)).toMatch(/ETIMEOUT|EINSTLOOKUP/)
  },
)

test('each instance has data, logins and life of its own', async () => {
  await using lab = await startLandscape(spec)
  const sql = lab.host('sql1')
  const on = (instance: string, text: string) => sql.call('sql-server', 'execute', { instance, sql: text })
  await on('VAULT', 'CREATE DATABASE OnlyHere')
  const inReports = await on('REPORTS', "SELECT COUNT(*) AS n FROM sys.databases WHERE name = 'OnlyHere'")
  expect(inReports).toMatchObject({ rows: [{ n: 0 }] })
  await sql.call('sql-server', 'stop-instance', { instance: 'VAULT' })
  await expect(on('VAULT', 'SELECT 1 AS one')).rejects.toThrow('start-instance')
  await expect(on('NOWHERE', 'SELECT 1 AS one')).rejects.toThrow('MSSQLSERVER, VAULT, REPORTS')
  await sql.call('sql-server', 'start-instance', { instance: 'VAULT' })
  const again = await on('VAULT', "SELECT COUNT(*) AS n FROM sys.databases WHERE name = 'OnlyHere'")
  expect(again).toMatchObject({ rows: [{ n: 1 }] })
  // The application server found its instance through the Browser and made its databases there.
  const databases = await sql.call('sql-server', 'databases', { instance: 'VAULT' })
  expect(JSON.stringify(databases)).toContain('PasswordSecure')
})

test.skipIf(noFreeTds !== undefined)(
  `FreeTDS lists the instances and finds one by name ${noFreeTds ?? ''}`,
  async () => {
    await using lab = await startLandscape(spec)
    const at = lab.endpoints('client1').find(({ protocol }) => protocol === 'udp')
    if (!at) throw new Error('client1 sees no Browser')
    const run = (args: readonly string[], input: string) => runClient('tsql', args, { input })
    const list = await run(['-L', '-H', at.address], '')
    expect(list).toContain('InstanceName VAULT')
    expect(list).toContain('InstanceName MSSQLSERVER')
    const there = await run(
      ['-S', `${at.address}\\VAULT`, '-U', sa.user, '-P', sa.password],
      'SELECT @@SERVERNAME\ngo\n',
    )
    expect(there).toContain('SQL1\\VAULT')
  },
)
