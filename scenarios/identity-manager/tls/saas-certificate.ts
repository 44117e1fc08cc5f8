import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { addressOf, saasServer } from '../address.ts'
import { fresh } from '../people.ts'
import { requirement } from '../requirement.ts'

const PORT = 443
const oneBrowser = { browser: { kind: 'browser', first: true }, server: saasServer } as const

/** The further name of the server, which no certificate of the vendor's covers. */
const ownDomain = 'identity.contoso.example'

export const saasCertificate: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/tls/saas-needs-no-further-configuration',
    title: 'Every browser opens the SaaS server, also where nobody has put the organisation’s root',
    requirement: requirement.saasWildcard,
    on: { browser: 'browser', server: saasServer },
    brokenBy: { setting: 'server.certificate.authority', value: 'landscape' },
    async run({ browser, server, expect, defer, inject }) {
      fresh(browser, { defer })
      await inject({ fault: 'distrust', at: 'browser', root: 'landscape' })
      const page = await browser.call('open', { url: `https://${addressOf(server)}/` })
      expect(page).toInclude({ ok: true, status: 200 })
    },
  }),
  scenario({
    id: 'identity-manager/tls/saas-wildcard-covers-one-label',
    title: 'The wildcard covers every customer’s name below usercube.com, and no label more or less',
    requirement: requirement.saasWildcard,
    on: oneBrowser,
    brokenBy: { setting: 'server.hostNames', value: ['*.usercube.com', '*.contoso.usercube.com', 'usercube.com'] },
    async run({ browser, server, expect }) {
      const under = (servername: string) => browser.probe('tls', { host: addressOf(server), port: PORT, servername })
      for (const covered of ['contoso.usercube.com', 'fabrikam.usercube.com']) {
        expect(await under(covered), covered).toSucceed()
      }
      for (const other of ['test.contoso.usercube.com', 'usercube.com']) {
        expect(await under(other), other).toFail({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
      }
    },
  }),
  scenario({
    id: 'identity-manager/tls/saas-other-domain-needs-its-own-certificate',
    title: 'Under another domain name the SaaS server is refused, until it has a certificate for that name',
    requirement: requirement.saasOwnDomain,
    on: oneBrowser,
    when: (landscape, { server }) =>
      landscape.hosts.some(({ name, aliases }) => name === server && aliases.includes(ownDomain)),
    brokenBy: { setting: 'server.hostNames', value: ['*.usercube.com', ownDomain] },
    async run({ browser, server, expect, defer, step }) {
      fresh(browser, { defer })
      const open = () => browser.call('open', { url: `https://${ownDomain}/hc` })
      await step('with the vendor’s certificate', async () => {
        expect(await open()).toInclude({ ok: false, error: { net: 'net::ERR_CERT_COMMON_NAME_INVALID' } })
      })
      await step('with one for the customer’s own name', async () => {
        await server.restart({ hostNames: [ownDomain] })
        expect(await open()).toInclude({ ok: true, status: 200, text: 'Healthy' })
      })
    },
  }),
  scenario({
    id: 'identity-manager/tls/saas-certificate-is-in-date',
    title: 'The wildcard certificate is valid now, and comes with its intermediate',
    requirement: requirement.saasWildcard,
    on: oneBrowser,
    brokenBy: { setting: 'server.certificate.defect', value: 'expired' },
    async run({ browser, server, expect }) {
      const seen = await browser.probe('tls', { host: addressOf(server), port: PORT })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  }),
]
