import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../harness/context/json.ts'
import type { ServerTls } from '../../harness/host/server-tls.ts'
import { leafDefects } from '../../harness/pki/index.ts'
import { noContainers } from '../docker/engine-here.ts'
import { expectSame } from './differences.ts'
import { type EnginePair, type Lab, startPair } from './engine-pair.ts'
import { noOpenssl, opensslReport } from './openssl-report.ts'
import { PATIENCE_MS, type Report, reportOf } from './reports.ts'
import { spokenBySqlServer, spokenTls } from './spoken-tls.ts'

/** The servers whose certificates are made wrong. */
const servers = [
  ['license1', 'password-secure/license-server'],
  ['sql1', 'sql-server'],
  ['mail1', 'smtp-server'],
  ['web1', 'web-server'],
] as const

const license = 'license1.corp.example'

/** Every client that speaks TLS, from the application server unless told otherwise. */
const clients: readonly (readonly [client: string, probe: string, input: JsonObject, from?: string])[] = [
  ['tls', 'tls', { host: license, port: 443 }],
  ['tls up to 1.2', 'tls', { host: license, port: 443, maxVersion: 'TLSv1.2' }],
  ['tls that checks revocation', 'tls', { host: license, port: 443, checkRevocation: true }],
  ['tls that is too old', 'tls', { host: license, port: 443, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }],
  ['undici', 'http', { url: `https://${license}/` }],
  // nginx, in containers the real one.
  ['undici at a web server', 'http', { url: 'https://web1.corp.example/' }, 'client1'],
  ['ws', 'websocket', { url: `wss://${license}/` }],
  ['tedious', 'sql', { host: 'sql1.corp.example', user: 'nobody', password: 'Nothing-2026!' }],
  ['nodemailer', 'smtp', { host: 'mail1.corp.example', port: 587 }],
]

/** What only a client says that asks for revocation lists. */
const refusedByLists: ReadonlyMap<string, string> = new Map([
  ['revoked', 'CERT_REVOKED'],
  ['crl-unreachable', 'UNABLE_TO_GET_CRL'],
])

/** Clients of today that report success where nothing is wrong. */
const modern = ['tls', 'undici', 'undici at a web server', 'nodemailer']
/** What none of them speaks any more. */
const NOBODY: ReadonlySet<string> = new Set(['TLSv1', 'TLSv1.1', 'CAMELLIA128-SHA', 'NULL-SHA256:@SECLEVEL=0'])

async function reports({ lab, rootFile }: Lab): Promise<Readonly<Record<string, Report>>> {
  const seen: Record<string, Report> = {}
  for (const [client, probe, input, from = 'app1'] of clients) {
    seen[client] = reportOf(await lab.host(from).probe(probe, input))
  }
  if (noOpenssl !== undefined) return seen
  const target = { to: 'license1', port: 443, servername: license, patienceMs: PATIENCE_MS }
  return { ...seen, openssl: await opensslReport(lab, 'app1', target, rootFile) }
}

async function restart({ lab }: Lab, settings?: JsonObject): Promise<void> {
  for (const [host, kind] of servers) {
    await lab.host(host).stop(kind)
    await lab.host(host).start(kind, settings)
  }
}

/** The servers' certificates are RSA's: suites like the older ones need such a key. */
async function restartSpeaking(lab: Lab, tls: ServerTls): Promise<void> {
  await restart(lab, { certificate: { key: 'rsa' }, tls: spokenBySqlServer(tls) })
  if (tls === spokenBySqlServer(tls)) return
  for (const [host, kind] of servers.filter(([, kind]) => kind !== 'sql-server')) {
    await lab.lab.host(host).stop(kind)
    await lab.lab.host(host).start(kind, { certificate: { key: 'rsa' }, tls })
  }
}

describe.skipIf(noContainers !== '')(`both engines show clients the same of TLS${noContainers}`, () => {
  let pair: EnginePair
  const both = () => [pair.docker, pair.embedded] as const
  beforeAll(async () => {
    pair = await startPair()
    for (const lab of both()) await reports(lab)
  })
  afterAll(() => pair?.[Symbol.asyncDispose]())

  const compare = async (fault: string) => {
    const inContainers = await reports(pair.docker)
    expectSame(fault, inContainers, await reports(pair.embedded))
    return inContainers
  }

  test('nothing wrong', async () => {
    const seen = await compare('tls')
    expect([seen.tls?.ok, seen.undici?.ok, seen.nodemailer?.ok]).toEqual([true, true, true])
    expect(seen['tls that checks revocation']?.ok).toBe(true)
  })

  test.each(Object.keys(leafDefects))('a certificate that is wrong: %s', async (defect) => {
    for (const lab of both()) await restart(lab, { certificate: { defect, key: 'rsa' } })
    const { 'tls that checks revocation': checked } = await compare(defect)
    if (refusedByLists.has(defect)) expect(checked?.code).toBe(refusedByLists.get(defect))
  })

  test.each(spokenTls)('servers that speak %j alone', async (tls) => {
    for (const lab of both()) await restartSpeaking(lab, tls)
    const seen = await compare(JSON.stringify(tls))
    const refused = modern.filter((client) => !seen[client]?.ok)
    expect(refused).toEqual(NOBODY.has(tls.version ?? tls.ciphers ?? '') ? modern : [])
  })

  test('a root that the client does not trust', async () => {
    for (const lab of both()) await restart(lab)
    const injected = await Promise.all(both().map(({ lab }) => lab.inject('distrust:at=app1')))
    const seen = await compare('distrust')
    expect([seen.tls?.ok, seen.undici?.ok, seen.ws?.ok, seen.tedious?.ok]).toEqual([false, false, false, false])
    for (const [index, { lab }] of both().entries()) await lab.clear(injected[index]?.id)
  })
})
