import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { people } from '../people.ts'
import { requirement } from '../requirement.ts'

export const webServerProducts: readonly AnyScenario[] = [
  scenario({
    id: 'password-secure/web/iis-verifies-the-application-server',
    title: 'IIS passes requests on because its machine trusts PSR8Server',
    requirement: requirement.webServers,
    on: {
      client: { kind: 'password-secure/client', first: true },
      web: { kind: 'web-server', where: { kind: 'iis' } },
    },
    brokenBy: { setting: 'web.trustAppServer', value: false },
    async run({ client, web, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      const answer = await client.call('web-login', { url: `https://${web.fqdn}`, ...people.alice })
      expect(answer).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'password-secure/web/nginx-hides-a-bad-upstream-certificate',
    title: 'nginx does not verify its upstream: an expired certificate behind it is not noticed in front',
    requirement: requirement.webServers,
    on: {
      client: { kind: 'password-secure/client', first: true },
      web: { kind: 'web-server', where: { kind: 'nginx' } },
      app: { kind: 'password-secure/app-server', via: 'web.app', first: true },
    },
    brokenBy: { setting: 'web.verifyUpstream', value: true },
    async run({ client, web, app, expect, defer, step }) {
      await step('the certificate behind nginx has expired', async () => {
        await app.restart({ certificate: 'landscape-ca', certificateDefect: 'expired' })
        const seen = await web.probe('tls', { host: app.fqdn, port: 11_016 })
        expect(seen).toFail({ code: 'CERT_HAS_EXPIRED' })
      })
      defer(() => client.call('web-logout', {}))
      const answer = await client.call('web-login', { url: `https://${web.fqdn}`, ...people.alice })
      expect(answer).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'password-secure/web/application-server-hears-who-calls',
    title: 'The web server tells the application server whose request it passes on',
    requirement: requirement.webServers,
    on: {
      client: { kind: 'password-secure/client', first: true },
      web: { kind: 'web-server', where: { kind: 'nginx' } },
    },
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 443 },
    async run({ client, web, expect }) {
      await client.probe('http', { url: `https://${web.fqdn}/api/status` })
      const { lines } = await web.call('access-log', {})
      expect(lines.join('\n'), 'access log').toContain(client.address)
    },
  }),
  scenario({
    id: 'password-secure/web/nobody-behind-is-a-gateway-error',
    title: 'With no application server behind it the web server answers 502 or 503, not with silence',
    requirement: requirement.webServers,
    on: {
      client: { kind: 'password-secure/client', first: true },
      web: 'web-server',
      app: { kind: 'password-secure/app-server', via: 'web.app', first: true },
    },
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 443 },
    async run({ client, web, landscape, expect, inject }) {
      for (const { name, components } of landscape.hosts) {
        if (!components.some(({ kind }) => kind === 'password-secure/app-server')) continue
        await inject({ fault: 'reject', from: 'web', to: name, port: 11_016 })
      }
      const seen = await client.probe('http', { url: `https://${web.fqdn}/api/status` })
      expect(seen).toSucceed()
      expect(JSON.stringify(seen.facts.http)).toMatch(/"status":50[23]/)
    },
  }),
]
