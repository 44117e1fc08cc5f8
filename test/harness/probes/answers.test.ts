import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { standardProbes } from '../../../harness/probes/index.ts'
import { cannedSqlServer } from '../clients/canned-sql-server.ts'
import { SHORT_PATIENCE_MS } from '../clients/environment.ts'
import { type Lab, openLab } from '../clients/lab.ts'
import { nothingLeft } from '../clients/nothing-left.ts'
import { smtpDouble } from '../clients/smtp-double.ts'
import { ask } from './ask.ts'

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

test('every probe has a summary, and a description for each of its inputs', () => {
  expect([...standardProbes.keys()]).toEqual(['dns', 'tcp', 'tls', 'http', 'websocket', 'sql', 'smtp'])
  for (const { name, summary, input } of standardProbes.values()) {
    expect(summary, name).toMatch(/^[A-Z]/)
    const { properties = {} } = z.toJSONSchema(input, { io: 'input' })
    for (const [field, schema] of Object.entries(properties)) {
      expect(typeof schema === 'object' && schema.description, `${name}.${field}`).toBeTruthy()
    }
  }
})

describe('what a probe learns when it works', () => {
  test('dns: the addresses', async () => {
    const observation = await ask(lab, 'dns', { name: 'app1' })
    expect(observation).toMatchObject({ ok: true, ended: 'completed', to: 'app1', facts: { addresses: ['127.0.0.1'] } })
  })

  test('http: the answer, whatever its status', async () => {
    const port = await lab.http((request, response) => {
      response.writeHead(503, { 'retry-after': '5' }).end(`${request.method} ${request.url} ${request.headers['x-a']}`)
    })
    const input = { host: 'app1', port, tls: false, path: '/x?y', method: 'POST', headers: { 'x-a': 'b' }, body: '{}' }
    expect(await ask(lab, 'http', input)).toMatchObject({
      ok: true,
      ended: 'completed',
      facts: {
        tcp: { remoteAddress: '127.0.0.1' },
        http: { status: 503, headers: { 'retry-after': '5' }, body: 'POST /x?y b', bytes: 11 },
      },
    })
  })

  test('websocket: what was answered to what was sent', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.on('message', (data) =>
        String(data) === 'bye' ? socket.close(4001, 'as you like') : socket.send(`<${data}>`),
      )
    })
    const url = `ws://app1:${await lab.serve(server)}/realtime`
    const open = await ask(lab, 'websocket', { url })
    expect(open).toMatchObject({ ok: true, facts: { websocket: { open: true } } })
    const answered = await ask(lab, 'websocket', { url, send: 'hi', waitForMessage: true })
    expect(answered).toMatchObject({ ok: true, facts: { message: '<hi>' } })
    const closed = await ask(lab, 'websocket', { url, send: 'bye', waitForMessage: true })
    expect(closed).toMatchObject({
      ok: false,
      ended: 'peer',
      error: { client: 'ws', code: '4001', text: 'closed with code 4001: as you like', ours: true },
      facts: { websocket: { open: true } },
    })
    await using hasty = await openLab({ patienceMs: SHORT_PATIENCE_MS })
    const silent = await ask(hasty, 'websocket', { url, waitForMessage: true })
    expect(silent).toMatchObject({ ok: false, ended: 'deadline', error: { code: 'deadline-exceeded', ours: true } })
  })

  test('sql: rows; and of a refused login the number, the state and every message', async () => {
    const login = { server: 'app1', user: 'app', password: 'secret', encrypt: false }
    const good = await lab.serve(cannedSqlServer({}))
    expect(await ask(lab, 'sql', { ...login, port: good, query: 'select 42 as n' })).toMatchObject({
      ok: true,
      facts: { sql: { loggedIn: true, rows: [{ n: 42 }] } },
    })
    const loginErrors = () => [
      {
        number: 4060,
        state: 1,
        class: 11,
        text: 'Cannot open database "db" requested by the login. The login failed.',
      },
      { number: 18456, state: 1, class: 14, text: "Login failed for user 'app'." },
    ]
    const bad = await lab.serve(cannedSqlServer({ loginErrors }))
    expect(await ask(lab, 'sql', { ...login, port: bad })).toMatchObject({
      ok: false,
      ended: 'peer',
      error: { client: 'tedious', code: 'ELOGIN', text: "Login failed for user 'app'.", number: 18456, state: 1 },
      facts: {
        cause: {
          text: 'Msg 4060, Level 11, State 1: Cannot open database "db" requested by the login. The login failed.\nMsg 18456, Level 14, State 1: Login failed for user \'app\'.',
        },
      },
    })
    const queryErrors = [{ number: 229, state: 5, class: 14, text: 'The SELECT permission was denied.' }]
    const denied = await lab.serve(cannedSqlServer({ queryErrors }))
    expect(await ask(lab, 'sql', { ...login, port: denied, query: 'select 1' })).toMatchObject({
      ok: false,
      ended: 'peer',
      error: { code: 'EREQUEST', number: 229, state: 5 },
      facts: { sql: { loggedIn: true } },
    })
  })

  test('smtp: the conversation, and what became of the mail', async () => {
    await using server = await smtpDouble(lab, {})
    const input = { host: 'app1', port: server.port, user: 'app', password: 'secret' }
    const mail = { from: 'a@corp.example', to: 'b@corp.example' }
    expect(await ask(lab, 'smtp', { ...input, mail })).toMatchObject({
      ok: true,
      facts: {
        smtp: { secure: true, auth: 'accepted', sent: { accepted: ['b@corp.example'] } },
        tls: { authorized: true },
      },
    })
    expect(server.mails).toHaveLength(1)
    const refused = await ask(lab, 'smtp', { ...input, password: 'wrong' })
    expect(refused).toMatchObject({
      ok: false,
      ended: 'peer',
      error: { client: 'nodemailer', code: 'EAUTH', text: expect.stringContaining('535') },
      facts: { smtp: { auth: 'refused' } },
    })
    expect(JSON.stringify(refused)).not.toContain('wrong')
  })
})

test('inputs are checked', () => {
  expect(() => ask(lab, 'tcp', { host: 'app1', port: 0 })).toThrow()
  expect(() => ask(lab, 'http', { url: 'ftp://app1/' })).toThrow()
  expect(() => ask(lab, 'http', {})).toThrow('give a url or a host')
})
