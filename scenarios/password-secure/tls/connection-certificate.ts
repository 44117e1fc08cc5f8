import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { leafOf } from './leaf.ts'

const clientAndServer = {
  client: 'password-secure/client',
  app: { kind: 'password-secure/app-server', via: 'client.server' },
} as const

/** The ports at which a client meets PSR8Server itself, and what a client’s own check of it says. */
const clientPorts = [
  { port: 11_011, name: 'clients' },
  { port: 11_018, name: 'real-time' },
] as const

const trusted = clientPorts.map(({ port, name }) =>
  scenario({
    id: `password-secure/tls/${name}-port-is-trusted`,
    title: `A client that has imported PSR8Server trusts ${port}, by TLS 1.2 or later`,
    requirement: requirement.certificate,
    on: clientAndServer,
    brokenBy: { setting: 'client.trustServer', value: false },
    async run({ client, app, expect }) {
      const seen = await client.probe('tls', { host: app.fqdn, port })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
      expect(JSON.stringify(seen.facts.tls)).toMatch(/"protocol":"TLSv1\.[23]"/)
    },
  }),
)

const untrusted = clientPorts.map(({ port, name }) =>
  scenario({
    id: `password-secure/tls/${name}-port-is-not-trusted-by-strangers`,
    title: `A client that trusts nobody refuses ${port} as self-signed`,
    requirement: requirement.certificate,
    on: clientAndServer,
    brokenBy: { setting: 'app.certificate', value: 'landscape-ca' },
    async run({ client, app, expect }) {
      const seen = await client.probe('tls', { host: app.fqdn, port, trust: 'nobody' })
      expect(seen).toFail({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', ended: 'local' })
    },
  }),
)

export const connectionCertificate: readonly AnyScenario[] = [
  ...trusted,
  ...untrusted,
  scenario({
    id: 'password-secure/tls/connection-certificate-is-as-documented',
    title: 'PSR8Server is self-signed, sha256, valid to 9999, with host name and addresses as names of DNS type',
    requirement: requirement.certificate,
    on: clientAndServer,
    brokenBy: { setting: 'app.certificate', value: 'landscape-ca' },
    async run({ client, app, expect }) {
      const seen = await client.probe('tls', { host: app.fqdn, port: 11_011 })
      expect(seen).toSucceed()
      const leaf = leafOf(seen)
      expect(leaf).toInclude({ subject: 'CN=PSR8Server', selfSigned: true, notAfter: '9999-12-31T23:59:59.000Z' })
      expect(leaf.signatureAlgorithm, 'signature algorithm').toMatch(/sha-?256/i)
      expect(leaf.dnsNames, 'names').toContain(app.fqdn)
      expect(leaf.dnsNames, 'names').toContain(app.address)
    },
  }),
  scenario({
    id: 'password-secure/tls/connection-certificate-needs-its-name',
    title: 'A name that is not in PSR8Server’s SAN is refused',
    requirement: requirement.certificate,
    on: clientAndServer,
    brokenBy: { fault: 'reset', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, expect }) {
      const seen = await client.probe('tls', { host: app.fqdn, port: 11_011, servername: 'vault.other.example' })
      expect(seen).toFail({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    },
  }),
  scenario({
    id: 'password-secure/tls/one-certificate-for-all-ports',
    title: '11011 and 11018 serve the certificate that is bound to 11016',
    requirement: requirement.certificate,
    on: { ...clientAndServer, web: { kind: 'web-server', first: true } },
    brokenBy: { fault: 'reset', from: 'web', to: 'app', port: 11_016 },
    async run({ client, web, app, expect }) {
      const [clients, realTime, webServices] = await Promise.all([
        client.probe('tls', { host: app.fqdn, port: 11_011 }),
        client.probe('tls', { host: app.fqdn, port: 11_018 }),
        web.probe('tls', { host: app.fqdn, port: 11_016, trust: 'everybody' }),
      ])
      expect(webServices).toSucceed()
      const thumbprint = leafOf(webServices).sha1Thumbprint
      expect([leafOf(clients).sha1Thumbprint, leafOf(realTime).sha1Thumbprint]).toEqual([thumbprint, thumbprint])
    },
  }),
]
