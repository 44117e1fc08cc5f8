import { createSocket as createUdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqlFailure } from '../../../harness/clients/sql-failure.ts'
import { sqlLibrary } from '../../../harness/clients/sql-library.ts'
import { cannedSqlServer } from './canned-sql-server.ts'
import { SHORT_PATIENCE_MS } from './environment.ts'
import { type Lab, openLab } from './lab.ts'
import { nothingLeft } from './nothing-left.ts'

const login = { server: 'app1', user: 'app', password: 'secret', encrypt: false } as const
const noDatabase = {
  number: 4060,
  state: 1,
  class: 11,
  text: 'Cannot open database "db" requested by the login. The login failed.',
}
const noLogin = { number: 18456, state: 1, class: 14, text: "Login failed for user 'app'." }

let lab: Lab
let left: () => Promise<void>
beforeAll(async () => {
  left = nothingLeft()
  lab = await openLab()
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await left()
})

const failed = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it should have failed')
}

describe('logging in', () => {
  test('a row comes back over an encrypted connection, from the address of the host', async () => {
    const seen: string[] = []
    const server = cannedSqlServer({ certificate: await lab.certificate() })
    server.on('connection', (socket) => seen.push(socket.remoteAddress ?? ''))
    const port = await lab.serve(server)
    const sessions: unknown[] = []
    const pool = await lab.clients.sql.connect({ ...login, port, encrypt: true, onSession: (s) => sessions.push(s) })
    const { recordset } = await pool.request().query('select 42 as n')
    await pool.close()
    expect(recordset).toEqual([{ n: 42 }])
    expect(new Set(seen)).toEqual(new Set(['127.0.9.9']))
    expect(sessions.at(-1)).toMatchObject({ protocol: 'TLSv1.2', subject: 'CN=app1, O=Corp', authorized: true })
  })

  test('the number, state and class of a refused login are kept beside the error that has none', async () => {
    const port = await lab.serve(cannedSqlServer({ loginErrors: () => [noLogin] }))
    const error = await failed(lab.clients.sql.connect({ ...login, port }))
    expect(error).toMatchObject({ code: 'ELOGIN', message: noLogin.text })
    expect(sqlFailure(error)).toEqual({
      code: 'ELOGIN',
      text: noLogin.text,
      number: 18456,
      state: 1,
      class: 14,
      all: [noLogin],
    })
  })

  test('of 4060 and 18456 tedious throws the last, and both are told', async () => {
    const port = await lab.serve(cannedSqlServer({ loginErrors: () => [noDatabase, noLogin] }))
    const failure = sqlFailure(await failed(lab.clients.sql.connect({ ...login, port })))
    expect(failure.text).toBe(noLogin.text)
    expect(failure.all).toEqual([noDatabase, noLogin])
  })

  test('a lone 4060 is tried four times, and told once', async () => {
    let attempts = 0
    const loginErrors = (attempt: number) => {
      attempts = attempt
      return [noDatabase]
    }
    const port = await lab.serve(cannedSqlServer({ loginErrors }))
    const error = await failed(lab.clients.sql.connect({ ...login, port, connectTimeoutMs: 10_000 }))
    expect(attempts).toBe(4)
    expect(sqlFailure(error).all).toEqual([noDatabase])
  })

  test('a server that wants no encryption turns away who insists on none the other way round', async () => {
    const port = await lab.serve(cannedSqlServer({ certificate: await lab.certificate() }))
    const error = await failed(lab.clients.sql.connect({ ...login, port, encrypt: false }))
    expect(sqlFailure(error)).toMatchObject({
      code: 'EENCRYPT',
      text: "Server requires encryption, set 'encrypt' config option to true.",
    })
  })

  test('the connection that a pool has logged in with serves its first request', async () => {
    const server = cannedSqlServer({ certificate: await lab.certificate() })
    const accepted: Socket[] = []
    server.on('connection', (socket) => accepted.push(socket))
    const port = await lab.serve(server)
    const pool = await lab.clients.sql.connect({ ...login, port, encrypt: true, pool: { min: 0, max: 4 } })
    await pool.request().query('select 42 as n')
    expect({ size: pool.size, available: pool.available }).toEqual({ size: 1, available: 1 })
    const closed = accepted.map((socket) => once(socket, 'close'))
    await pool.close()
    await Promise.all(closed)
    expect(accepted.length).toBe(1)
  })

  test('trust is read at each new connection of a pool', async () => {
    await using other = await openLab()
    const port = await other.serve(cannedSqlServer({ certificate: await other.certificate() }))
    const pool = await other.clients.sql.connect({ ...login, port, encrypt: true, pool: { min: 0, max: 4 } })
    other.trust.remove(other.root)
    // The connection that stands is in use, so that the request needs another.
    const held = await pool.pool.acquire().promise
    const failure = sqlFailure(await failed(pool.request().query('select 42 as n')))
    pool.pool.release(held)
    await pool.close()
    expect(failure.text).toBe(`Failed to connect to app1:${port} - unable to get local issuer certificate`)
  })
})

describe('a named instance', () => {
  const BROWSER = '127.0.9.77' // of its own, because the port is fixed

  /** Answers as the SQL Server Browser does (MC-SQLR, SVR_RESP). */
  async function browser(port: number): Promise<AsyncDisposable> {
    const socket = createUdpSocket('udp4')
    const text = `ServerName;SQL1;InstanceName;PS;IsClustered;No;Version;16.0.1000.6;tcp;${port};;`
    const head = Buffer.from([5, text.length & 0xff, text.length >> 8])
    socket.on('message', (_question, asker) => {
      socket.send(Buffer.concat([head, Buffer.from(text)]), asker.port, asker.address)
    })
    await new Promise<void>((bound) => socket.bind(1434, BROWSER, bound))
    return { [Symbol.asyncDispose]: () => new Promise((closed) => void socket.close(closed)) }
  }

  test('is found through the browser, and its certificate held against the name given', async () => {
    const port = await lab.serve(cannedSqlServer({ certificate: await lab.certificate() }))
    lab.routes[`${BROWSER}:${port}`] = { host: '127.0.0.1', port }
    lab.routes['app1:1434'] = { host: BROWSER, port: 1434 }
    await using _browser = await browser(port)
    const pool = await lab.clients.sql.connect({ ...login, server: 'app1\\PS', encrypt: true })
    await pool.close()
    const error = await failed(lab.clients.sql.connect({ ...login, server: 'app1\\OTHER', encrypt: true }))
    expect(sqlFailure(error)).toMatchObject({ code: 'EINSTLOOKUP', text: `Port for OTHER not found in ${BROWSER}` })
  })

  test('a name that does not resolve is told as tedious tells it', async () => {
    const error = await failed(lab.clients.sql.connect({ ...login, server: 'nowhere\\PS' }))
    expect(error).toMatchObject({ code: 'EINSTLOOKUP', message: 'getaddrinfo ENOTFOUND nowhere', ours: true })
    await using hasty = await openLab({ patienceMs: SHORT_PATIENCE_MS })
    const silent = await failed(hasty.clients.sql.connect({ ...login, server: 'silent\\PS' }))
    const message = `Failed to connect to silent\\PS in ${SHORT_PATIENCE_MS}ms`
    expect(silent).toMatchObject({ code: 'ETIMEOUT', message, ours: true })
  })
})

describe('a request', () => {
  test('errors of a batch are all told', async () => {
    const first = { number: 245, state: 1, class: 16, text: 'Conversion failed.' }
    const second = { number: 3930, state: 1, class: 16, text: 'The current transaction cannot be committed.' }
    const port = await lab.serve(cannedSqlServer({ queryErrors: [first, second] }))
    const pool = await lab.clients.sql.connect({ ...login, port })
    const failure = sqlFailure(await failed(pool.request().query('select')))
    await pool.close()
    expect(failure).toMatchObject({ code: 'EREQUEST', number: 3930, all: [first, second] })
  })

  test('disposing the client cuts a request that is never answered', async () => {
    await using other = await openLab()
    const asked = Promise.withResolvers<void>()
    const port = await other.serve(cannedSqlServer({ mute: asked.resolve }))
    const pool = await other.clients.sql.connect({ ...login, port })
    const error = failed(pool.request().query('select 42 as n'))
    await asked.promise
    await other.clients[Symbol.asyncDispose]()
    expect(sqlFailure(await error).code).toMatch(/^not-running$/)
  })

  test('disposing the client cuts a login that is never answered', async () => {
    await using other = await openLab({ patienceMs: 60_000 })
    const server = createServer()
    const connected = once(server, 'connection')
    const port = await other.serve(server)
    const error = failed(other.clients.sql.connect({ ...login, port }))
    await connected
    await other.clients[Symbol.asyncDispose]()
    expect(sqlFailure(await error).code).toMatch(/^ESOCKET$/)
  })

  test('a signal ends a login', async () => {
    await using other = await openLab({ patienceMs: 60_000 })
    const port = await other.stalled()
    const signal = AbortSignal.timeout(50)
    const error = await failed(other.clients.sql.connect({ ...login, port, signal }))
    expect(error).toMatchObject({ name: 'TimeoutError' })
  })
})

describe('errors are those of tedious without our connector', () => {
  const plain = (server: string, port: number, connectionTimeout: number) => {
    const { mssql } = sqlLibrary()
    const options = { encrypt: false, trustServerCertificate: false }
    return new mssql.ConnectionPool({ ...login, server, port, connectionTimeout, options }).connect()
  }
  const same = async (server: string, port: number, { clients, environment } = lab) => {
    const [here, there] = await Promise.all([
      failed(clients.sql.connect({ ...login, server, port })),
      failed(plain(server, port, environment.patienceMs)),
    ])
    expect(shape(here)).toEqual(shape(there))
  }
  const shape = (error: unknown) => {
    const { code, text } = sqlFailure(error)
    const chain: unknown[] = []
    for (let at: unknown = error; at instanceof Error && chain.length < 5; ) {
      const { name, message } = at
      chain.push({ name, message, code: Reflect.get(at, 'code') })
      const inner: unknown = Reflect.get(at, 'originalError') ?? at.cause
      at = inner instanceof AggregateError ? inner.errors[0] : inner
    }
    return { code, text, chain }
  }

  test.each([
    ['refused', (l: Lab) => l.refused()],
    ['reset', (l: Lab) => l.reset()],
  ])('%s', async (_name, make) => {
    await same('127.0.0.1', await make(lab))
  })

  test('stalled', async () => {
    await using hasty = await openLab({ patienceMs: SHORT_PATIENCE_MS })
    await same('127.0.0.1', await hasty.stalled(), hasty)
  })

  test.skipIf(process.platform !== 'linux')('dropped (shown on Linux only)', async () => {
    await using hasty = await openLab({ patienceMs: SHORT_PATIENCE_MS })
    await same('127.0.0.1', await hasty.dropped(), hasty)
  })

  test('a name that does not resolve', async () => {
    const name = 'n'.repeat(70) // longer than a label may be: getaddrinfo says no without asking anybody
    await same(name, 1433)
  })
})
