import { expect, test } from 'vitest'
import { certificateFacts } from '../../../harness/pki/index.ts'
import { missing, run } from '../../support/programs.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { startTestLandscape } from './test-landscape.ts'

const noOpenssl = missing('openssl')
const noCurl = missing('curl')

const wildcard = { commonName: '*.usercube.com', dnsNames: ['*.usercube.com'], ipAddresses: [] }

async function serve() {
  await using owned = new AsyncDisposableStack()
  const lab = owned.use(await startTestLandscape())
  const issued = await lab.pki.issue({ ...wildcard, authority: 'public', now: new Date() })
  const { port } = owned.use(await startLoopbackServer(issued))
  const [publicRoot, ownRoot] = [
    await lab.file('public.pem', await lab.pki.publicRoot()),
    await lab.file('own.pem', await lab.pki.root()),
  ]
  const stack = owned.move()
  return { lab, issued, port, publicRoot, ownRoot, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Whether a name is covered by `*.usercube.com`: one label in its place, no fewer and no more (RFC 9525 section 6.3). */
const names = [
  ['identity.usercube.com', true],
  ['OTHER.usercube.com', true],
  ['usercube.com', false],
  ['a.b.usercube.com', false],
  ['identity.usercube.org', false],
] as const

test.skipIf(noOpenssl)(
  `openssl takes the wildcard for one label, under the public root alone${noOpenssl ?? ''}`,
  async () => {
    await using served = await serve()
    const verify = (name: string, root: string) =>
      run('openssl', [
        ...['s_client', '-connect', `127.0.0.1:${served.port}`, '-servername', name, '-verify_hostname', name],
        ...['-verify_return_error', '-CAfile', root, '-no-CApath', '-no-CAstore'],
      ])
    for (const [name, covered] of names) {
      const { output } = await verify(name, served.publicRoot)
      expect(output.includes('Verify return code: 0 (ok)'), name).toBe(covered)
      if (!covered) expect(output).toContain('hostname mismatch')
    }
    const { output } = await verify('identity.usercube.com', served.ownRoot)
    expect(output).toContain('verify error:num=20:unable to get local issuer certificate')
  },
)

test.skipIf(noCurl)(`curl takes the wildcard for one label, under the public root alone${noCurl ?? ''}`, async () => {
  await using served = await serve()
  const ask = (name: string, root: string) =>
    run('curl', [
      ...['--silent', '--show-error', '--cacert', root, '--noproxy', '*'],
      ...['--resolve', `${name.toLowerCase()}:${served.port}:127.0.0.1`, `https://${name}:${served.port}/`],
    ])
  for (const [name, covered] of names) {
    expect((await ask(name, served.publicRoot)).exitCode, name).toBe(covered ? 0 : 60)
  }
  expect((await ask('identity.usercube.com', served.ownRoot)).exitCode).toBe(60)
})

test('the public root is made by who needs it first, and told to all who asked, before and after', async () => {
  await using lab = await startTestLandscape()
  const told: string[] = []
  lab.pki.onPublicRoot((pem) => told.push(`before ${pem}`))
  await lab.pki.issue({ commonName: 'im1', dnsNames: ['im1'], ipAddresses: [], now: new Date() })
  expect(told).toEqual([])
  const issued = await lab.pki.issue({ ...wildcard, authority: 'public', now: new Date() })
  const root = await lab.pki.publicRoot()
  expect(told).toEqual([`before ${root}`])
  lab.pki.onPublicRoot((pem) => told.push(`after ${pem}`))
  expect(told).toEqual([`before ${root}`, `after ${root}`])
  expect(certificateFacts(root)).toMatchObject({
    subject: 'CN=Public Trust Root CA, O=Public Trust',
    isAuthority: true,
  })
  expect(certificateFacts(issued.cert)).toMatchObject({ dnsNames: ['*.usercube.com'], ipAddresses: [] })
})

test.each(['*', '*.com', 'a*.usercube.com', 'www.*.usercube.com', '*.*.usercube.com'])(
  'nobody certifies %s',
  async (name) => {
    await using lab = await startTestLandscape()
    const request = { commonName: name, dnsNames: [name], ipAddresses: [], now: new Date() }
    await expect(lab.pki.issue({ ...request, authority: 'public' })).rejects.toMatchObject({ code: 'start-failed' })
  },
)
