import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SHORT_PATIENCE_MS as PATIENCE } from '../clients/environment.ts'
import { type Lab, openLab } from '../clients/lab.ts'
import { nothingLeft } from '../clients/nothing-left.ts'
import { ask, ending } from './ask.ts'

let lab: Lab
/** Its clients have little patience. */
let hasty: Lab
let left: () => Promise<void>
beforeAll(async () => {
  left = nothingLeft()
  lab = await openLab()
  hasty = await openLab({ patienceMs: PATIENCE })
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await hasty[Symbol.asyncDispose]()
  await left()
})

/** Every probe at one place. */
const questions = (host: string, port: number): Record<string, readonly [string, Record<string, unknown>]> => ({
  tcp: ['tcp', { host, port }],
  tls: ['tls', { host, port }],
  http: ['http', { host, port, tls: false }],
  https: ['http', { url: `https://${host}:${port}/` }],
  ws: ['websocket', { url: `ws://${host}:${port}` }],
  wss: ['websocket', { url: `wss://${host}:${port}` }],
  sql: ['sql', { server: host, port, user: 'app', password: 'secret' }],
  'sql strict': ['sql', { server: host, port, user: 'app', password: 'secret', encrypt: 'strict' }],
  smtp: ['smtp', { host, port }],
  smtps: ['smtp', { host, port, secure: 'implicit' }],
})

async function endings(host: string, port: number, from = lab, except?: string): Promise<Record<string, string>> {
  const all = Object.entries(questions(host, port)).filter(([name]) => name !== except)
  const asked = all.map(async ([name, [probe, input]]) => {
    const observation = await ask(from, probe, input)
    expect(observation).toMatchObject({ probe, from: 'client1', to: host, port, at: '2026-01-02T03:04:05.000Z' })
    expect(JSON.parse(JSON.stringify(observation))).toEqual(observation)
    return [name, ending(observation, port)]
  })
  return Object.fromEntries(await Promise.all(asked))
}

describe('what each client reports, and who ended the attempt', () => {
  test('a name that does not resolve', async () => {
    const notFound = 'getaddrinfo ENOTFOUND nowhere'
    const tedious = `local · tedious · ESOCKET · Failed to connect to nowhere:PORT - ${notFound}`
    const nodemailer = `local · nodemailer · EDNS · ${notFound} · ours`
    expect(await endings('nowhere', 4000)).toEqual({
      tcp: `local · net · ENOTFOUND · ${notFound}`,
      tls: `local · tls · ENOTFOUND · ${notFound}`,
      http: `local · undici · ENOTFOUND · ${notFound}`,
      https: `local · undici · ENOTFOUND · ${notFound}`,
      ws: `local · ws · ENOTFOUND · ${notFound}`,
      wss: `local · ws · ENOTFOUND · ${notFound}`,
      sql: tedious,
      'sql strict': tedious,
      smtp: nodemailer,
      smtps: nodemailer,
    })
    expect(ending(await ask(lab, 'dns', { name: 'nowhere' }), 0)).toBe(`local · dns · ENOTFOUND · ${notFound}`)
  })

  test('a resolver that does not answer', async () => {
    const name = 'silent'
    const waited = `waited ${PATIENCE} ms for`
    const unseen = 'last seen: no answer to the TCP connection'
    const undici = `client-timer · undici · UND_ERR_CONNECT_TIMEOUT · Connect Timeout Error (attempted address: ${name}:PORT, timeout: ${PATIENCE}ms)`
    const ws = 'client-timer · ws · - · Opening handshake has timed out'
    const tedious = `client-timer · tedious · ETIMEOUT · Failed to connect to ${name}:PORT in ${PATIENCE}ms`
    const nodemailer = `client-timer · nodemailer · EDNS · DNS lookup for ${name} timed out · ours`
    expect(await endings(name, 4000, hasty)).toEqual({
      tcp: `deadline · net · deadline-exceeded · ${waited} TCP with ${name}:PORT; ${unseen} · ours`,
      tls: `deadline · tls · deadline-exceeded · ${waited} TLS with ${name}:PORT; ${unseen} · ours`,
      http: undici,
      https: undici,
      ws,
      wss: ws,
      sql: tedious,
      'sql strict': tedious,
      smtp: nodemailer,
      smtps: nodemailer,
    })
    expect(ending(await ask(hasty, 'dns', { name }), 0)).toMatch(/^deadline · dns · deadline-exceeded · .* · ours$/)
  })

  test('a port where nobody listens', async () => {
    const refused = 'connect ECONNREFUSED 127.0.0.1:PORT'
    const tedious = 'peer · tedious · ESOCKET · Failed to connect to app1:PORT - Could not connect (sequence)'
    expect(await endings('app1', await lab.refused())).toEqual({
      tcp: `peer · net · ECONNREFUSED · ${refused}`,
      tls: `peer · tls · ECONNREFUSED · ${refused}`,
      http: `peer · undici · ECONNREFUSED · ${refused}`,
      https: `peer · undici · ECONNREFUSED · ${refused}`,
      ws: `peer · ws · ECONNREFUSED · ${refused}`,
      wss: `peer · ws · ECONNREFUSED · ${refused}`,
      sql: tedious,
      'sql strict': tedious,
      smtp: `peer · nodemailer · ESOCKET · ${refused}`,
      smtps: `peer · nodemailer · ESOCKET · ${refused}`,
    })
  })

  test.skipIf(process.platform !== 'linux')('a port whose packets are dropped (shown on Linux only)', async () => {
    const undici = `client-timer · undici · UND_ERR_CONNECT_TIMEOUT · Connect Timeout Error (attempted address: app1:PORT, timeout: ${PATIENCE}ms)`
    const tedious = `client-timer · tedious · ETIMEOUT · Failed to connect to app1:PORT in ${PATIENCE}ms`
    const seen = 'last seen: no answer to the TCP connection'
    expect(await endings('app1', await hasty.dropped(), hasty)).toEqual({
      tcp: `deadline · net · deadline-exceeded · waited ${PATIENCE} ms for TCP with app1:PORT; ${seen} · ours`,
      tls: `deadline · tls · deadline-exceeded · waited ${PATIENCE} ms for TLS with app1:PORT; ${seen} · ours`,
      http: undici,
      https: undici,
      ws: 'client-timer · ws · - · Opening handshake has timed out',
      wss: 'client-timer · ws · - · Opening handshake has timed out',
      sql: tedious,
      'sql strict': tedious,
      smtp: 'client-timer · nodemailer · ETIMEDOUT · Connection timeout',
      smtps: 'client-timer · nodemailer · ETIMEDOUT · Connection timeout',
    })
  })

  test('a peer that resets at the first byte', async () => {
    // A mail client says nothing before it is greeted.
    const spoken = await endings('app1', await lab.reset(), lab, 'smtp')
    const greeted = await lab.reset('220 app1 ESMTP\r\n')
    expect({ ...spoken, smtp: ending(await ask(lab, 'smtp', { host: 'app1', port: greeted }), greeted) }).toEqual({
      tcp: 'completed',
      tls: 'peer · tls · ECONNRESET · read ECONNRESET',
      http: 'peer · undici · ECONNRESET · read ECONNRESET',
      https: 'peer · undici · ECONNRESET · read ECONNRESET',
      ws: 'peer · ws · ECONNRESET · read ECONNRESET',
      wss: 'peer · ws · ECONNRESET · read ECONNRESET',
      sql: 'peer · tedious · ESOCKET · Connection lost - read ECONNRESET',
      'sql strict': 'peer · tedious · ESOCKET · Failed to connect to app1:PORT - read ECONNRESET',
      smtp: 'peer · nodemailer · ESOCKET · read ECONNRESET',
      smtps: 'peer · nodemailer · ESOCKET · read ECONNRESET',
    })
  })

  test('a peer that accepts and says nothing', async () => {
    const tedious = `client-timer · tedious · ETIMEOUT · Failed to connect to app1:PORT in ${PATIENCE}ms`
    expect(await endings('app1', await hasty.stalled(), hasty)).toEqual({
      tcp: 'completed',
      tls: `deadline · tls · deadline-exceeded · waited ${PATIENCE} ms for TLS with app1:PORT; last seen: TCP connected, no TLS session · ours`,
      http: 'client-timer · undici · UND_ERR_HEADERS_TIMEOUT · Headers Timeout Error',
      https: `client-timer · undici · UND_ERR_CONNECT_TIMEOUT · Connect Timeout Error (attempted address: app1:PORT, timeout: ${PATIENCE}ms)`,
      ws: 'client-timer · ws · - · Opening handshake has timed out',
      wss: 'client-timer · ws · - · Opening handshake has timed out',
      sql: tedious,
      'sql strict': tedious,
      smtp: 'client-timer · nodemailer · ETIMEDOUT · Greeting never received',
      smtps: 'client-timer · nodemailer · ETIMEDOUT · Connection timeout',
    })
  })

  test('a peer that closes without a word', async () => {
    const port = await lab.serve(createServer((socket) => socket.end()))
    const early = 'Client network socket disconnected before secure TLS connection was established'
    expect(await endings('app1', port)).toEqual({
      tcp: 'completed',
      tls: `peer · tls · ECONNRESET · ${early}`,
      http: 'peer · undici · UND_ERR_SOCKET · other side closed',
      https: `peer · undici · ECONNRESET · ${early}`,
      ws: 'peer · ws · ECONNRESET · socket hang up',
      wss: `peer · ws · ECONNRESET · ${early}`,
      sql: 'peer · tedious · ESOCKET · Connection lost - socket hang up',
      'sql strict': `peer · tedious · ESOCKET · Failed to connect to app1:PORT - ${early}`,
      smtp: 'peer · nodemailer · ECONNECTION · Connection closed unexpectedly',
      smtps: `peer · nodemailer · ESOCKET · ${early}`,
    })
  })

  test.each(Object.keys(questions('', 1)).filter((name) => name !== 'tcp'))(
    'the caller of %s gives up',
    async (name) => {
      await using patient = await openLab({ patienceMs: 60_000 })
      const connected = Promise.withResolvers<void>()
      const port = await patient.serve(createServer(() => connected.resolve()))
      const [probe, input] = questions('app1', port)[name] ?? ['', {}]
      const controller = new AbortController()
      const asked = ask(patient, probe, input, controller.signal)
      await connected.promise
      controller.abort(new Error('enough'))
      const observation = await asked
      expect(observation).toMatchObject({ ok: false, ended: 'deadline', error: { text: 'enough', ours: true } })
    },
  )
})
