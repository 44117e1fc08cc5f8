import { once } from 'node:events'
import { connect } from 'node:tls'
import { Agent, fetch } from 'undici'
import { expect, test } from 'vitest'
import { codeOf } from '../../../harness/context/error.ts'
import { certificateFacts, type LeafDefect, leafDefects } from '../../../harness/pki/index.ts'
import { has, run } from '../../support/programs.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { loopbackNames, startTestLandscape } from './test-landscape.ts'

interface Reported {
  /** Code of `tls` and `undici`; absent where Node sees nothing wrong. */
  readonly node?: string
  /** Beginning of the message of `tls` and `undici`. */
  readonly text?: string
  /** X509_V_ERR_* of `openssl s_client`. */
  readonly openssl: number
  /** Text of curl's error 60; absent where it connects. */
  readonly curl?: string
}

// What Node 26.10 (OpenSSL 3.5.8), OpenSSL 3.0.19 and curl 7.88.1 say, measured; failures.md quotes the same.
const reported: Record<LeafDefect, Reported> = {
  expired: { node: 'CERT_HAS_EXPIRED', text: 'certificate has expired', openssl: 10, curl: 'certificate has expired' },
  'not-yet-valid': {
    node: 'CERT_NOT_YET_VALID',
    text: 'certificate is not yet valid',
    openssl: 9,
    curl: 'certificate is not yet valid',
  },
  'wrong-name': {
    node: 'ERR_TLS_CERT_ALTNAME_INVALID',
    text: "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: DNS:another-host.example",
    openssl: 62,
    curl: "no alternative certificate subject name matches target host name 'localhost'",
  },
  'self-signed': {
    node: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    text: 'self-signed certificate',
    openssl: 18,
    curl: 'self-signed certificate',
  },
  'untrusted-root': {
    node: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    text: 'unable to get local issuer certificate',
    openssl: 20,
    curl: 'unable to get local issuer certificate',
  },
  'missing-intermediate': {
    node: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    text: 'unable to verify the first certificate',
    openssl: 20,
    curl: 'unable to get local issuer certificate',
  },
  'no-san': { openssl: 0 },
  'client-usage-only': {
    node: 'INVALID_PURPOSE',
    text: 'unsuitable certificate purpose',
    openssl: 26,
    curl: 'unsuitable certificate purpose',
  },
  // None of them looks at revocation unless told.
  'crl-unreachable': { openssl: 0 },
  revoked: { openssl: 0 },
  'weak-key': {
    node: 'UNSPECIFIED',
    text: 'EE certificate key too weak',
    openssl: 66,
    curl: 'EE certificate key too weak',
  },
  sha1: {
    node: 'UNSPECIFIED',
    text: 'CA signature digest algorithm too weak',
    openssl: 68,
    curl: 'CA signature digest algorithm too weak',
  },
}
const defects = Object.keys(leafDefects) as LeafDefect[] // the table's own keys

/** Where the lists would be, which these clients do not ask for. */
const crlUrls = { root: 'http://pki.invalid/root-ca.crl', intermediate: 'http://pki.invalid/issuing-ca.crl' }
const labFor = (defect: LeafDefect) => startTestLandscape(() => new Date(), defect === 'revoked' ? crlUrls : undefined)

async function serve(defect: LeafDefect) {
  await using owned = new AsyncDisposableStack()
  const lab = owned.use(await labFor(defect))
  const issued = await lab.pki.issue({ ...loopbackNames, defect, now: new Date() })
  const { port } = owned.use(await startLoopbackServer(issued))
  const root = await lab.pki.root()
  const stack = owned.move()
  return { port, root, rootFile: await lab.file('root.pem', root), [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test.for(defects)('tls reports %s by its code', async (defect) => {
  await using served = await serve(defect)
  const socket = connect({ host: '127.0.0.1', port: served.port, servername: 'localhost', ca: served.root })
  const outcome = await once(socket, 'secureConnect').then(
    () => undefined,
    (error: unknown) => error,
  )
  socket.destroy()
  expect(codeOf(outcome)).toBe(reported[defect].node)
  if (reported[defect].text) expect(String(outcome)).toContain(reported[defect].text)
})

test.for(defects)('undici reports %s by its code', async (defect) => {
  await using served = await serve(defect)
  const agent = new Agent({ connect: { ca: served.root } })
  const outcome = await fetch(`https://localhost:${served.port}/`, { dispatcher: agent }).then(
    (response) => response.text(),
    (error: unknown) => error,
  )
  await agent.close()
  expect(codeOf(outcome)).toBe(reported[defect].node)
  if (reported[defect].node === undefined) expect(outcome).toBe('ok')
})

test.skipIf(!has('openssl')).for(defects)('openssl reports %s by its number (needs openssl)', async (defect) => {
  await using served = await serve(defect)
  const strictness = ['-verify_return_error', '-verify_hostname', 'localhost', '-CAfile', served.rootFile]
  const target = ['-connect', `127.0.0.1:${served.port}`, '-servername', 'localhost']
  const { exitCode, output } = await run('openssl', ['s_client', ...target, ...strictness])
  expect(output).toContain(`Verify return code: ${reported[defect].openssl} (`)
  expect(exitCode).toBe(reported[defect].openssl === 0 ? 0 : 1)
})

test.skipIf(!has('curl')).for(defects)('curl reports %s in its words (needs curl)', async (defect) => {
  await using served = await serve(defect)
  const { exitCode, output } = await run('curl', [
    '-sS',
    '--cacert',
    served.rootFile,
    `https://localhost:${served.port}`,
  ])
  const text = reported[defect].curl
  expect(exitCode).toBe(text === undefined ? 0 : 60)
  expect(output).toContain(text ?? 'ok')
})

test.for(defects)('%s is the only thing wrong with its certificate', async (defect) => {
  await using lab = await labFor(defect)
  const now = new Date()
  const { cert, chain, serverCiphers } = await lab.pki.issue({ ...loopbackNames, defect, now })
  const facts = certificateFacts(cert)
  expect(facts.signatureAlgorithm).toBe(defect === 'sha1' ? 'ecdsa-with-SHA1' : 'ecdsa-with-SHA256')
  expect([facts.keyType, facts.keyBits]).toEqual(defect === 'weak-key' ? ['rsa', 1024] : ['ec', 256])
  expect(facts.selfSigned).toBe(defect === 'self-signed')
  expect(facts.notBefore < now.toISOString()).toBe(defect !== 'not-yet-valid')
  expect(facts.notAfter > now.toISOString()).toBe(defect !== 'expired')
  expect(facts.dnsNames.includes('localhost')).toBe(defect !== 'wrong-name' && defect !== 'no-san')
  expect(chain.match(/BEGIN CERTIFICATE/g)?.length).toBe(
    defect === 'missing-intermediate' || defect === 'self-signed' ? 1 : 2,
  )
  expect(serverCiphers).toBe(defect === 'weak-key' || defect === 'sha1' ? 'DEFAULT@SECLEVEL=0' : undefined)
})

test.skipIf(!has('openssl'))(
  'who checks revocation finds no list, and where to ask in vain (needs openssl)',
  async () => {
    await using served = await serve('crl-unreachable')
    const target = ['-connect', `127.0.0.1:${served.port}`, '-CAfile', served.rootFile]
    const { output } = await run('openssl', ['s_client', ...target, '-crl_check'])
    expect(output).toContain('unable to get certificate CRL')
    await using lab = await startTestLandscape()
    const { cert } = await lab.pki.issue({ ...loopbackNames, defect: 'crl-unreachable', now: new Date() })
    const text = await run('openssl', ['x509', '-noout', '-text', '-in', await lab.file('leaf.pem', cert)])
    expect(text.output).toContain('URI:http://crl.invalid/issuing-ca.crl')
  },
)
