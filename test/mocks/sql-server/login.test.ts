import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { runClient } from './interop/run-client.ts'
import { failure, saPassword, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  const { sqlServer } = server
  sqlServer.createLogin({ name: 'off', password: 'p', disabled: true })
  sqlServer.createLogin({ name: 'locked', password: 'p', locked: true })
  sqlServer.createLogin({ name: 'expired', password: 'p', expired: true })
  sqlServer.createLogin({ name: 'change', password: 'p', mustChange: true })
  sqlServer.createLogin({ name: 'joe', password: 'p' })
})
afterAll(() => server[Symbol.asyncDispose]())

const log = (): string => server.sqlServer.errorLog().slice(-2).join('\n')

test.each([
  ['nobody', 'x', "Login failed for user 'nobody'.", 'State: 5.'],
  ['sa', 'wrong', "Login failed for user 'sa'.", 'State: 8.'],
  ['CORP\\joe', 'x', "Login failed for user 'CORP\\joe'.", 'State: 6.'],
  ['off', 'wrong', "Login failed for user 'off'.", 'State: 7.'],
  ['off', 'p', "Login failed for user 'off'. Reason: The account is disabled.", '18470'],
  [
    'locked',
    'p',
    "Login failed for user 'locked' because the account is currently locked out. The system administrator can unlock it. ",
    '18486',
  ],
  ['expired', 'p', "Login failed for user 'expired'. Reason: The password of the account has expired.", '18487'],
  ['change', 'p', "Login failed for user 'change'. Reason: The password of the account must be changed.", '18488'],
])('%s with password %s is told "%s", and the log %s', async (user, password, text, inLog) => {
  expect(await failure(server.connect({ user, password }))).toMatchObject({ code: 'ELOGIN', text })
  expect(log()).toContain(inLog)
  expect(log()).toContain('[CLIENT: 127.0.0.1]')
})

test('a database that is not there: 4060, then 18456, and the log knows state 38', async () => {
  expect((await failure(server.connect({ database: 'gone' }))).text).toBe("Login failed for user 'sa'.")
  expect(log()).toContain('State: 38.')
})

test('the next login fails with the number asked for, the one after succeeds', async () => {
  server.sqlServer.failNextLogin(18461)
  expect((await failure(server.connect())).text).toContain('single user mode')
  await server.connect()
})

test('a paused service lets nobody in', async () => {
  server.sqlServer.setState('paused')
  expect((await failure(server.connect())).text).toContain('SQL Server service has been paused.')
  server.sqlServer.setState('running')
})

test.each(['7_1', '7_2', '7_3_A', '7_3_B', '7_4'])(
  'tedious logs in with TDS %s, and its strings come back',
  async (tdsVersion) => {
    const pool = await server.connect({ options: { tdsVersion } as object })
    expect((await pool.query("SELECT N'ж' AS a, CAST(1 AS bigint) AS b")).recordset).toEqual([{ a: 'ж', b: '1' }])
  },
)

describe('encryption', () => {
  test.each([
    ['optional', false, 'FALSE'],
    ['optional', true, 'TRUE'],
    ['required', true, 'TRUE'],
    ['unsupported', false, 'FALSE'],
  ] as const)('server %s, client %s: encrypt_option %s', async (mode, encrypt, option) => {
    server.sqlServer.setEncryption(mode)
    const pool = await server.connect({ options: { encrypt } })
    expect(
      (await pool.batch('SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID')).recordset,
    ).toEqual([{ encrypt_option: option }])
    server.sqlServer.setEncryption('optional')
  })
  test('TDS 8.0: TLS first, with its ALPN name, on the same port', async () => {
    const strict = {
      encrypt: 'strict',
      serverName: 'localhost',
      cryptoCredentialsDetails: { ca: await server.certificate() },
    }
    const pool = await server.connect({ server: 'localhost', options: strict as never })
    const query = 'SELECT encrypt_option, protocol_version FROM sys.dm_exec_connections WHERE session_id = @@SPID'
    expect((await pool.batch(query)).recordset).toEqual([{ encrypt_option: 'TRUE', protocol_version: 0x0800_0000 }])
  })
  test('a client without encryption is refused where it is forced', async () => {
    server.sqlServer.setEncryption('required')
    expect((await failure(server.connect({ options: { encrypt: false } }))).text).toContain(
      'Server requires encryption',
    )
    server.sqlServer.setEncryption('optional')
  })
})

const noTsql = missing('tsql')
describe.skipIf(noTsql)(`FreeTDS${noTsql ?? ''}`, () => {
  test.each(['7.1', '7.2', '7.3', '7.4'])('tsql logs in with TDS %s, its login encrypted', async (version) => {
    const output = await runClient(
      'tsql',
      ['-H', '127.0.0.1', '-p', String(server.port), '-U', 'sa', '-P', saPassword],
      {
        env: { TDSVER: version },
        input:
          "SELECT CAST('abc' AS varchar(max)) AS m, CAST(1.50 AS decimal(9,2)) AS d, name FROM sys.databases WHERE database_id = 1\nSELECT * FROM nope\ngo\nexit\n",
      },
    )
    expect(output).toContain('abc\t1.50\tmaster')
    expect(output).toContain('Msg 208 (severity 16, state 1) from SQL1 Line 2:\n\t"Invalid object name \'nope\'."')
    expect(server.journal).toContainEqual(expect.objectContaining({ type: 'login', tls: 'login' }))
  })
})

describe('bad input', () => {
  let strict: TestServer
  beforeAll(async () => {
    strict = await startTestServer({ loginTimeoutMs: 500 })
    await strict.connect({ options: { encrypt: true } }).catch(() => undefined)
  })
  afterAll(() => strict[Symbol.asyncDispose]())

  const closedAfter = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(strict.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.on('data', () => undefined)
      socket.on('close', () => resolve())
      socket.write(bytes)
    })
  test.each([
    ['a HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a packet of 65,535 bytes', Buffer.from('1201ffff00000000', 'hex')],
    ['an empty PRELOGIN', Buffer.from('1201000800000000', 'hex')],
    ['a LOGIN7 of one byte', Buffer.from('100100090000000001', 'hex')],
    ['broken TLS', Buffer.from('1603010005010203040500', 'hex')],
    ['half a packet, then nothing', Buffer.from('12010030', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('%s ends in a close and a journal entry, and the server goes on', async (_, bytes) => {
    const before = strict.journal.length
    await closedAfter(bytes)
    expect(strict.journal.slice(before).map((entry) => entry.type)).toEqual(
      expect.arrayContaining([expect.stringMatching(/protocol-error|tls-failed/)]),
    )
    await strict.connect()
  })
  test('no password stands in the journal or the log', () => {
    expect(JSON.stringify(server.journal) + server.sqlServer.errorLog().join()).not.toContain(saPassword)
  })
})
