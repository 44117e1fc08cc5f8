import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cannedSqlServer } from '../clients/canned-sql-server.ts'
import { type CertificateKind, type Lab, openLab } from '../clients/lab.ts'
import { nothingLeft } from '../clients/nothing-left.ts'
import { smtpDouble } from '../clients/smtp-double.ts'
import { ask, ending } from './ask.ts'

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

const login = { user: 'app', password: 'secret' }

/** Every probe that speaks TLS, at servers with this certificate. */
async function observed(kind: CertificateKind, trust?: string) {
  const certificate = await lab.certificate(kind)
  const { key, chain: cert } = certificate
  const https = await lab.https((_request, response) => void response.end('hello'), kind)
  const tds8 = await lab.serve(
    createTlsServer({ key, cert, ALPNProtocols: ['tds/8.0'] }, (socket) => void socket.end()),
  )
  const tds = await lab.serve(cannedSqlServer({ certificate }))
  await using mail = await smtpDouble(lab, { key, cert })
  await using mails = await smtpDouble(lab, { key, cert, secure: true })
  const trusted = trust === undefined ? {} : { trust }
  const asked: readonly (readonly [string, string, number, Record<string, unknown>])[] = [
    ['tls', 'tls', https, { host: 'app1', port: https }],
    ['https', 'http', https, { host: 'app1', port: https }],
    ['wss', 'websocket', https, { url: `wss://app1:${https}` }],
    ['sql', 'sql', tds, { server: 'app1', port: tds, ...login }],
    ['sql strict', 'sql', tds8, { server: 'app1', port: tds8, encrypt: 'strict', ...login }],
    ['smtp', 'smtp', mail.port, { host: 'app1', port: mail.port }],
    ['smtps', 'smtp', mails.port, { host: 'app1', port: mails.port, secure: 'implicit' }],
  ]
  const seen = await Promise.all(
    asked.map(async ([name, probe, port, input]) => {
      const observation = await ask(lab, probe, { ...input, ...trusted })
      return { name, observation, text: ending(observation, port) }
    }),
  )
  return {
    endings: Object.fromEntries(seen.map(({ name, text }) => [name, text])),
    subjects: Object.fromEntries(
      seen.map(({ name, observation }) => {
        const tls = observation.facts.tls
        return [name, typeof tls === 'object' && tls !== null && 'subject' in tls ? tls.subject : undefined]
      }),
    ),
  }
}

const ENDS = 'peer · tedious · ESOCKET · Connection lost - socket hang up' // what the bare TLS server does after the handshake
const NO_WEBSOCKET = 'peer · ws · - · Unexpected server response: 200'

describe('what each client makes of a certificate', () => {
  test('a good one', async () => {
    const { endings, subjects } = await observed('good')
    expect(endings).toEqual({
      tls: 'completed',
      https: 'completed',
      wss: NO_WEBSOCKET,
      sql: 'completed',
      'sql strict': ENDS,
      smtp: 'completed',
      smtps: 'completed',
    })
    const subject = 'CN=app1, O=Corp'
    expect(subjects).toEqual({
      tls: subject,
      https: subject,
      wss: subject,
      sql: subject,
      'sql strict': undefined,
      smtp: subject,
      smtps: subject,
    })
  })

  test('an untrusted root: refused by all, and the certificate is seen all the same', async () => {
    const { endings, subjects } = await observed('untrusted-root')
    const text = 'unable to get local issuer certificate'
    const code = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
    expect(endings).toEqual({
      tls: `local · tls · ${code} · ${text}`,
      https: `local · undici · ${code} · ${text}`,
      wss: `local · ws · ${code} · ${text}`,
      sql: `local · tedious · ESOCKET · Failed to connect to app1:PORT - ${text}`,
      'sql strict': `local · tedious · ESOCKET · Failed to connect to app1:PORT - ${text}`,
      smtp: `local · nodemailer · ESOCKET · ${text}`,
      smtps: `local · nodemailer · ESOCKET · ${text}`,
    })
    const subject = 'CN=app1, O=Not Corp'
    expect(subjects).toMatchObject({ tls: subject, https: subject, wss: subject, smtp: subject, smtps: subject })
  })

  test('another host’s name', async () => {
    const { endings } = await observed('wrong-name')
    const text =
      "Hostname/IP does not match certificate's altnames: Host: app1. is not in the cert's altnames: DNS:another-host.example"
    const code = 'ERR_TLS_CERT_ALTNAME_INVALID'
    expect(endings).toEqual({
      tls: `local · tls · ${code} · ${text}`,
      https: `local · undici · ${code} · ${text}`,
      wss: `local · ws · ${code} · ${text}`,
      sql: `local · tedious · ESOCKET · Failed to connect to app1:PORT - ${text}`,
      'sql strict': `local · tedious · ESOCKET · Failed to connect to app1:PORT - ${text}`,
      smtp: `local · nodemailer · ESOCKET · ${text}`,
      smtps: `local · nodemailer · ESOCKET · ${text}`,
    })
  })

  test('who trusts nobody is refused a good one; who trusts everybody takes any', async () => {
    const { endings: nobody } = await observed('good', 'nobody')
    expect(new Set(Object.values(nobody).map((text) => text.split(' · ')[0]))).toEqual(new Set(['local']))
    const { endings: everybody } = await observed('untrusted-root', 'everybody')
    expect(everybody).toMatchObject({ tls: 'completed', https: 'completed', sql: 'completed', smtp: 'completed' })
  })

  test('all facts of the chain are there', async () => {
    const port = await lab.https((_request, response) => void response.end())
    const { facts } = await ask(lab, 'tls', { host: 'app1', port, alpn: ['http/1.1'], maxVersion: 'TLSv1.2' })
    expect(facts).toMatchObject({
      tcp: { remoteAddress: '127.0.0.1', localAddress: '127.0.9.9' },
      tls: {
        protocol: 'TLSv1.2',
        alpn: 'http/1.1',
        authorized: true,
        chain: [
          { subject: 'CN=app1, O=Corp', dnsNames: ['app1'], ipAddresses: ['10.1.1.1'], isAuthority: false },
          { isAuthority: true, selfSigned: false },
        ],
      },
    })
  })

  test('TLS 1.2 asked of a server that speaks 1.3 only: the server’s alert', async () => {
    const { key, chain } = await lab.certificate()
    const port = await lab.serve(createTlsServer({ key, cert: chain, minVersion: 'TLSv1.3' }))
    const observation = await ask(lab, 'tls', { host: 'app1', port, maxVersion: 'TLSv1.2' })
    expect(observation).toMatchObject({ ended: 'peer', error: { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' } })
  })

  test('an address of the model is verified, whatever was dialled', async () => {
    const port = await lab.https((_request, response) => void response.end())
    lab.routes['10.1.1.1:443'] = { host: '127.0.0.1', port }
    lab.routes['10.1.1.2:443'] = { host: '127.0.0.1', port }
    expect(await ask(lab, 'tls', { host: '10.1.1.1' })).toMatchObject({ ok: true })
    expect(await ask(lab, 'http', { url: 'https://10.1.1.1/' })).toMatchObject({ ok: true })
    const text = "Hostname/IP does not match certificate's altnames: IP: 10.1.1.2 is not in the cert's list: 10.1.1.1"
    expect(await ask(lab, 'tls', { host: '10.1.1.2' })).toMatchObject({ error: { text } })
    expect(await ask(lab, 'http', { url: 'https://10.1.1.2/' })).toMatchObject({ error: { text } })
    expect(await ask(lab, 'websocket', { url: 'wss://10.1.1.2/' })).toMatchObject({ error: { text } })
    expect(await ask(lab, 'http', { url: 'https://10.1.1.2/', servername: 'app1' })).toMatchObject({ ok: true })
  })
})
