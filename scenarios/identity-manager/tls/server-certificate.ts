import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { onPremisesServer } from '../address.ts'
import { requirement } from '../requirement.ts'
import { leafOf } from './leaf.ts'

const PORT = 443

/** Every browser of the landscape, with the server that stands on premises. */
const everyBrowser = { browser: 'browser', server: onPremisesServer } as const
const oneBrowser = { browser: { kind: 'browser', first: true }, server: onPremisesServer } as const

export const serverCertificate: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/tls/every-browser-trusts-the-server',
    title: 'Every end user’s browser opens the server over HTTPS without a certificate error',
    requirement: requirement.trustedByBrowsers,
    on: everyBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'self-signed' },
    async run({ browser, server, expect, defer }) {
      defer(() => browser.call('clear', {}))
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page, `the page that ${browser.host} sees`).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'identity-manager/tls/browser-without-the-root-refuses',
    title: 'A browser into whose store the organisation’s root was not put refuses the server’s certificate',
    requirement: requirement.organisationRoot,
    on: oneBrowser,
    brokenBy: { fault: 'reject', from: 'browser', to: 'server', port: PORT },
    async run({ browser, server, expect, inject }) {
      await inject({ fault: 'distrust', at: 'browser', root: 'landscape' })
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page).toInclude({ ok: false, error: { net: 'net::ERR_CERT_AUTHORITY_INVALID' } })
    },
  }),
  scenario({
    id: 'identity-manager/tls/server-sends-its-whole-chain',
    title: 'The server sends its leaf and the intermediate, so that the organisation’s root is all a browser must know',
    requirement: requirement.organisationRoot,
    on: oneBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'missing-intermediate' },
    async run({ browser, server, expect }) {
      const seen = await browser.probe('tls', { host: server.fqdn, port: PORT })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  }),
  scenario({
    id: 'identity-manager/tls/server-is-certified-by-its-name',
    title: 'The server’s host name stands in its certificate',
    requirement: requirement.httpsCertificate,
    on: oneBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'wrong-name' },
    async run({ browser, server, expect }) {
      const seen = await browser.probe('tls', { host: server.fqdn, port: PORT })
      expect(seen).toSucceed()
      expect(leafOf(seen).dnsNames, 'names').toContain(server.fqdn)
    },
  }),
  scenario({
    id: 'identity-manager/tls/wrong-name-is-refused-by-browsers',
    title: 'A certificate for another name is refused by browsers, whoever signed it',
    requirement: requirement.httpsCertificate,
    on: oneBrowser,
    brokenBy: { fault: 'reject', from: 'browser', to: 'server', port: PORT },
    async run({ browser, server, expect, defer }) {
      defer(() => browser.call('clear', {}))
      await server.restart({ certificate: { defect: 'wrong-name' } })
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page).toInclude({ ok: false, error: { net: 'net::ERR_CERT_COMMON_NAME_INVALID' } })
    },
  }),
  scenario({
    id: 'identity-manager/tls/server-certificate-is-in-date',
    title: 'The server’s certificate is valid now',
    requirement: requirement.httpsCertificate,
    on: oneBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'expired' },
    async run({ browser, server, expect }) {
      expect(await browser.probe('tls', { host: server.fqdn, port: PORT })).toSucceed()
    },
  }),
  scenario({
    id: 'identity-manager/tls/expired-certificate-is-refused-by-browsers',
    title: 'A browser refuses the certificate once it has expired',
    requirement: requirement.httpsCertificate,
    on: oneBrowser,
    brokenBy: { fault: 'reject', from: 'browser', to: 'server', port: PORT },
    async run({ browser, server, expect, defer }) {
      defer(() => browser.call('clear', {}))
      await server.restart({ certificate: { defect: 'expired' } })
      const page = await browser.call('open', { url: `https://${server.fqdn}/` })
      expect(page).toInclude({ ok: false, error: { net: 'net::ERR_CERT_DATE_INVALID' } })
    },
  }),
  scenario({
    id: 'identity-manager/tls/alias-is-covered-by-the-certificate',
    title: 'Under the server’s lower-case alias, in whatever case it is typed, browsers see a certificate for it',
    requirement: requirement.alias,
    on: oneBrowser,
    when: (landscape, { server }) => aliasOf(landscape, server) !== undefined,
    brokenBy: { setting: 'server.certificate.defect', value: 'wrong-name' },
    async run({ browser, server, landscape, expect, defer }) {
      defer(() => browser.call('clear', {}))
      const alias = aliasOf(landscape, server.host) ?? ''
      expect(alias, 'the alias').toEqual(alias.toLowerCase())
      for (const typed of [alias, alias.toUpperCase()]) {
        const page = await browser.call('open', { url: `https://${typed}/` })
        expect(page, `the page under ${typed}`).toInclude({ ok: true })
      }
    },
  }),
  scenario({
    id: 'identity-manager/tls/iis-serves-the-certificate',
    title: 'The certificate is set up in IIS: the site speaks TLS from the first byte, and nothing without it',
    requirement: requirement.certificateInIis,
    on: {
      browser: { kind: 'browser', first: true },
      server: { ...onPremisesServer, where: { ...onPremisesServer.where, hosting: 'iis' } },
    },
    brokenBy: { setting: 'server.certificate.defect', value: 'self-signed' },
    async run({ browser, server, expect }) {
      expect(await browser.probe('http', { url: `https://${server.fqdn}/hc` })).toSucceed()
      expect(await browser.probe('http', { url: `http://${server.fqdn}:${PORT}/hc` }), 'plain HTTP').toFail()
    },
  }),
]

function aliasOf(
  landscape: { readonly hosts: readonly { readonly name: string; readonly aliases: readonly string[] }[] },
  host: string | undefined,
): string | undefined {
  return landscape.hosts.find(({ name }) => name === host)?.aliases[0]
}
