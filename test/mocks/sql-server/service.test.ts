import { once } from 'node:events'
import { connect } from 'node:net'
import sql from 'mssql'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../harness/context/json.ts'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'

const sa = { user: 'sa', password: 'Adm1n-of-SQL!' }

const landscapeOf = (settings: JsonObject) => ({
  landscape: 'service',
  patienceMs: 500,
  hosts: { sql1: { runs: { 'sql-server': settings } } },
})

const portOf = (lab: RunningLandscape, port = 1433) => {
  const found = lab.endpoints('operator').find((endpoint) => endpoint.port === port && endpoint.protocol === 'tcp')
  if (!found) throw new Error(`nobody listens on ${port}`)
  return { server: found.address, port: found.seenPort }
}

const errorLog = async (lab: RunningLandscape): Promise<string> =>
  JSON.stringify(await lab.host('sql1').call('sql-server', 'error-log', {}))
const execute = (lab: RunningLandscape, text: string) => lab.host('sql1').call('sql-server', 'execute', { sql: text })

test('a crash cuts its clients off with RST; what was committed is there again, the rest is gone', async () => {
  await using lab = await startLandscape(landscapeOf({}))
  const pool = await sql.connect({
    ...portOf(lab),
    ...sa,
    pool: { max: 1 },
    options: { trustServerCertificate: true, serverName: 'sql1' },
  })
  pool.on('error', () => undefined)
  try {
    await execute(lab, 'CREATE DATABASE ark')
    await pool.batch('USE ark; CREATE TABLE t (a int); INSERT t VALUES (1); BEGIN TRAN; INSERT t VALUES (2)')
    const socket = connect(portOf(lab).port, portOf(lab).server)
    await once(socket, 'connect')
    const torn = once(socket, 'error').then(([error]) => error)
    const asked = pool.query("WAITFOR DELAY '00:01:00'").catch((error: Error) => error)
    await lab.host('sql1').call('sql-server', 'crash', {})
    expect(await torn).toMatchObject({ code: 'ECONNRESET' })
    expect(await asked).toMatchObject({ code: 'ESOCKET' })
    expect(await lab.host('operator').probe('tcp', { host: 'sql1', port: 1433 })).toMatchObject({ ok: false })
    await lab.host('sql1').call('sql-server', 'start-instance', {})
    expect(await execute(lab, 'SELECT a FROM ark.dbo.t')).toMatchObject({ rows: [{ a: 1 }] })
  } finally {
    await pool.close()
  }
  const types = (await lab.host('sql1').journal('sql-server')).map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('instance-'))).toEqual([
    'instance-started',
    'instance-crashed',
    'instance-started',
  ])
})

test('without TCP/IP the port refuses, and the ERRORLOG does not say that it listens', async () => {
  await using on = await startLandscape(landscapeOf({}))
  expect(await errorLog(on)).toContain("Server is listening on [ 'any' <ipv4> 1433]")
  await using off = await startLandscape(landscapeOf({ tcp: false }))
  expect(await errorLog(off)).not.toContain('Server is listening')
  const seen = await off.host('operator').probe('sql', { server: 'sql1', ...sa })
  expect(seen.error?.text).toContain('Could not connect (sequence)')
})

test('a certificate that cannot be loaded keeps the service down, and the ERRORLOG says why', async () => {
  await using lab = await startLandscape(landscapeOf({ instance: 'VAULT', certificateSource: 'missing' }))
  const log = await errorLog(lab)
  for (const part of ['Error: 26014', '0x80092004', 'Error: 17826', 'Error: 17120']) expect(log).toContain(part)
  expect(log).not.toContain('ready for client connections')
  expect(await lab.host('sql1').call('sql-server', 'instances', {})).toMatchObject({
    instances: [{ name: 'VAULT', running: false }],
    browser: true,
  })
  expect(await lab.host('operator').probe('sql', { server: 'sql1\\VAULT', ...sa })).toMatchObject({ ok: false })
})

test('without a certificate of its own SQL Server makes one, which nobody trusts', async () => {
  await using lab = await startLandscape(landscapeOf({ certificateSource: 'self-generated' }))
  expect(await errorLog(lab)).toContain('A self-generated certificate was successfully loaded for encryption.')
  const seen = await lab.host('operator').probe('sql', { server: 'sql1', ...sa })
  expect(seen.error?.text).toContain('self-signed certificate')
  const trusting = await lab.host('operator').probe('sql', { server: 'sql1', ...sa, trustServerCertificate: true })
  expect(trusting).toMatchObject({ ok: true })
})

/** What a server answers to INSTOPT in a PRELOGIN ([MS-TDS] 2.2.6.5) that names an instance. */
async function instopt(at: { server: string; port: number }, name: string): Promise<number | undefined> {
  const value = Buffer.from(`${name}\0`, 'latin1')
  // VERSION at 16 (6 bytes), ENCRYPTION at 22 (2: not supported), INSTOPT at 23.
  const options = Buffer.from([0, 0, 16, 0, 6, 1, 0, 22, 0, 1, 2, 0, 23, 0, value.length, 0xff])
  const body = Buffer.concat([options, Buffer.from([11, 0, 0, 0, 0, 0, 2]), value])
  const head = Buffer.from([0x12, 0x01, 0, body.length + 8, 0, 0, 1, 0])
  const socket = connect(at.port, at.server)
  try {
    socket.write(Buffer.concat([head, body]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    const payload = answer.subarray(8)
    for (let at = 0; payload[at] !== 0xff; at += 5) if (payload[at] === 2) return payload[payload.readUInt16BE(at + 1)]
    return undefined
  } finally {
    socket.destroy()
  }
}

test('PRELOGIN tells a client that it has come to another instance', async () => {
  await using lab = await startLandscape(landscapeOf({ instances: { VAULT: { port: 50_100 } } }))
  const [own, vault] = [portOf(lab), portOf(lab, 50_100)]
  expect(await instopt(own, 'MSSQLServer')).toBe(0)
  expect(await instopt(own, '')).toBe(0)
  expect(await instopt(own, 'VAULT')).toBe(1)
  expect(await instopt(vault, 'vault')).toBe(0)
  expect(await instopt(vault, 'MSSQLServer')).toBe(1)
})
