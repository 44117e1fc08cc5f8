import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../harness/context/json.ts'
import { startLandscape } from '../../../harness/standard.ts'
import { missing, run } from '../../support/programs.ts'

const spec = (tls: JsonObject, sql: JsonObject = tls) => ({
  landscape: 'tls-of-servers',
  patienceMs: 20_000,
  hosts: {
    sql1: { runs: { 'sql-server': { tls: sql, certificate: { key: 'rsa' as const } } } },
    mail1: { runs: { 'smtp-server': { tls, certificate: { key: 'rsa' as const } } } },
    license1: { runs: { 'password-secure/license-server': { tls, certificate: { key: 'rsa' as const } } } },
    app1: { runs: { 'password-secure/app-server': { tls } } },
    client1: { runs: { 'password-secure/client': {} } },
  },
})

/** What clients of today make of such servers. */
async function seen(tls: JsonObject, sql?: JsonObject): Promise<Record<string, string>> {
  await using lab = await startLandscape(spec(tls, sql))
  const asked = [
    ['tls', 'client1', 'tls', { host: 'app1', port: 11_011, trust: 'everybody' }],
    ['undici', 'app1', 'http', { url: 'https://license1/' }],
    ['ws', 'client1', 'websocket', { url: 'wss://app1:11018/', trust: 'everybody' }],
    ['tedious', 'app1', 'sql', { host: 'sql1', user: 'sa', password: 'Adm1n-of-SQL!' }],
    ['nodemailer', 'app1', 'smtp', { host: 'mail1', port: 587 }],
    ['nodemailer, 465', 'app1', 'smtp', { host: 'mail1', port: 465, secure: 'implicit' }],
  ] as const
  const told = asked.map(async ([client, from, probe, input]) => {
    const { ok, error, facts } = await lab.host(from).probe(probe, input)
    const { protocol } = (facts.tls ?? {}) as { protocol?: string }
    return [client, ok ? `${protocol}` : `${error?.code ?? '-'} ${reasonOf(error?.text ?? '')}`]
  })
  return Object.fromEntries(await Promise.all(told))
}

/** OpenSSL's reason where there is one: `C0FFEE:error:0A00042E:SSL routines:…:tlsv1 alert protocol version:…`. */
const reasonOf = (text: string): string => /:(?<reason>[^:]+):\.\./.exec(text)?.groups?.reason ?? text

test('servers that speak TLS 1.0 alone', async () => {
  expect(await seen({ version: 'TLSv1' })).toMatchInlineSnapshot(`
    {
      "nodemailer": "ESOCKET tlsv1 alert protocol version",
      "nodemailer, 465": "ESOCKET tlsv1 alert protocol version",
      "tedious": "ESOCKET unsupported protocol",
      "tls": "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION tlsv1 alert protocol version",
      "undici": "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION tlsv1 alert protocol version",
      "ws": "EPROTO tlsv1 alert protocol version",
    }
  `)
})

test('servers that speak TLS 1.3 alone; SQL Server 1.2', async () => {
  expect(await seen({ version: 'TLSv1.3' }, { version: 'TLSv1.2' })).toMatchInlineSnapshot(`
    {
      "nodemailer": "TLSv1.3",
      "nodemailer, 465": "TLSv1.3",
      "tedious": "TLSv1.2",
      "tls": "TLSv1.3",
      "undici": "TLSv1.3",
      "ws": "TLSv1.3",
    }
  `)
})

test('servers that take a suite which no client of today offers', async () => {
  expect(await seen({ ciphers: 'NULL-SHA256:@SECLEVEL=0' })).toMatchInlineSnapshot(`
    {
      "nodemailer": "ESOCKET ssl/tls alert handshake failure",
      "nodemailer, 465": "ESOCKET ssl/tls alert handshake failure",
      "tedious": "ESOCKET ssl/tls alert handshake failure",
      "tls": "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE ssl/tls alert handshake failure",
      "undici": "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE ssl/tls alert handshake failure",
      "ws": "EPROTO ssl/tls alert handshake failure",
    }
  `)
})

const noOpenssl = missing('openssl')
test.skipIf(noOpenssl)(`an old client is served by an old server${noOpenssl ?? ''}`, async () => {
  await using lab = await startLandscape(spec({ version: 'TLSv1' }))
  using folder = mkdtempDisposableSync(join(tmpdir(), 'server-tls-'))
  const root = join(folder.path, 'root.pem')
  writeFileSync(root, await lab.host('app1').trusted())
  const { address, seenPort } = lab.endpoints().find(({ to }) => to === 'license1') ?? {}
  const ask = (...options: readonly string[]) =>
    run('openssl', ['s_client', '-connect', `${address}:${seenPort}`, '-CAfile', root, ...options])
  expect((await ask('-tls1', '-cipher', 'DEFAULT@SECLEVEL=0')).output).toMatch(/Protocol *: TLSv1\b(?!\.)/)
  expect((await ask('-tls1_2')).output).toMatch(/unsupported protocol/)
})

test.each([
  [{ ciphers: 'nonsense' }, /license1.*tls.*no cipher match/s],
  [{ ciphers: 'a;b' }, /license1.*tls\.ciphers/s],
  [{ ciphers: 'AES128-SHA', version: 'TLSv1.3' }, /license1.*tls.*TLS 1.2 and older/s],
  [{ version: 'SSLv3' }, /license1.*tls\.version/s],
])('%j is refused', async (tls, reason) => {
  const hosts = { license1: { runs: { 'password-secure/license-server': { tls } } } }
  await expect(startLandscape({ landscape: 'refused', hosts })).rejects.toMatchObject({
    message: expect.stringMatching(reason),
  })
})
