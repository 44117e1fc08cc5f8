import { scenario } from '../../../harness/scenario/index.ts'
import { people } from '../people.ts'
import { requirement } from '../requirement.ts'

const webAndApp = { web: 'web-server', app: { kind: 'password-secure/app-server', via: 'web.app' } } as const
const clientAndWeb = { client: 'password-secure/client', web: 'web-server' } as const

export const webServerPorts = [
  scenario({
    id: 'password-secure/ports/web-services-port-is-open-to-the-web-server',
    title: 'The web server gets an answer from the web services on 11016',
    requirement: requirement.webServicesIncoming,
    on: webAndApp,
    brokenBy: { fault: 'reject', from: 'web', to: 'app', port: 11_016 },
    async run({ web, app, expect }) {
      const seen = await web.probe('http', { url: `https://${app.fqdn}:11016/status` })
      expect(seen).toSucceed()
      expect(seen.facts.http).toInclude({ status: 200 })
    },
  }),
  scenario({
    id: 'password-secure/ports/web-server-passes-the-api-on',
    title: 'A browser’s login at the web server reaches the web services on 11016',
    requirement: requirement.webServicesOutgoing,
    on: { ...clientAndWeb, app: { kind: 'password-secure/app-server', via: 'web.app', first: true } },
    brokenBy: { fault: 'reject', from: 'web', to: 'app', port: 11_016 },
    async run({ client, web, app, expect, defer }) {
      defer(() => client.call('web-logout', {}))
      const answer = await client.call('web-login', { url: `https://${web.fqdn}`, ...people.alice })
      expect(answer).toInclude({ ok: true, status: 200, user: 'alice' })
      const came = await app.probe('tcp', { host: app.fqdn, port: 11_016 })
      expect(came).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/real-time-port-is-open-to-the-web-server',
    title: 'The web server opens a WebSocket on 11018 at the application server',
    requirement: requirement.realTimeIncoming,
    on: webAndApp,
    brokenBy: { fault: 'reject', from: 'web', to: 'app', port: 11_018 },
    async run({ web, app, expect }) {
      expect(await web.probe('websocket', { url: `wss://${app.fqdn}:11018/` })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/web-server-passes-real-time-on',
    title: 'A browser’s WebSocket at /realtime reaches 11018 through the web server',
    requirement: requirement.webRealTimeOutgoing,
    on: clientAndWeb,
    brokenBy: { fault: 'reset', from: 'client', to: 'web', port: 443 },
    async run({ client, web, expect }) {
      const seen = await client.probe('websocket', { url: `wss://${web.fqdn}/realtime`, origin: `https://${web.fqdn}` })
      expect(seen).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/web-application-is-served',
    title: 'A browser gets the Web Application from 443',
    requirement: requirement.webIncoming,
    on: clientAndWeb,
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 443 },
    async run({ client, web, expect }) {
      const seen = await client.probe('http', { url: `https://${web.fqdn}/` })
      expect(seen).toSucceed()
      expect(seen.facts.http).toInclude({ status: 200 })
      expect(JSON.stringify(seen.facts.http)).toMatch(/text\/html/)
    },
  }),
  scenario({
    id: 'password-secure/ports/web-application-starts-at-any-path',
    title: 'A path of the Web Application’s own is answered with its start page',
    requirement: requirement.webServers,
    on: clientAndWeb,
    brokenBy: { stop: 'web' },
    async run({ client, web, expect }) {
      const seen = await client.probe('http', { url: `https://${web.fqdn}/authentication/login-via-oidc` })
      expect(seen.facts.http).toInclude({ status: 200 })
    },
  }),
  scenario({
    id: 'password-secure/ports/plain-http-is-redirected',
    title: 'Port 80 sends browsers to HTTPS and serves nothing else',
    requirement: requirement.redirect,
    on: clientAndWeb,
    brokenBy: { fault: 'reject', from: 'client', to: 'web', port: 80 },
    async run({ client, web, expect }) {
      const seen = await client.probe('http', { url: `http://${web.fqdn}/secrets?all=1` })
      expect(seen).toSucceed()
      expect(seen.facts.http).toInclude({ status: 301, headers: { location: `https://${web.fqdn}/secrets?all=1` } })
    },
  }),
]
