import { scenario } from '../../../harness/scenario/index.ts'
import { logIn } from '../people.ts'
import { requirement } from '../requirement.ts'

const clientAndServer = {
  client: 'password-secure/client',
  app: { kind: 'password-secure/app-server', via: 'client.server' },
} as const

export const applicationServerPorts = [
  scenario({
    id: 'password-secure/ports/application-server-reaches-the-licence-server',
    title: 'The application server reaches the licence server on 443 over HTTPS',
    requirement: requirement.licenceOutgoing,
    on: { app: 'password-secure/app-server', license: { kind: 'password-secure/license-server', via: 'app.license' } },
    brokenBy: { fault: 'reject', from: 'app', to: 'license', port: 443 },
    async run({ app, license, expect }) {
      const seen = await app.probe('http', { url: `https://${license.fqdn}/` })
      expect(seen).toSucceed()
      expect(seen.facts.tls).toInclude({ authorized: true })
    },
  }),
  scenario({
    id: 'password-secure/ports/clients-port-is-open-to-clients',
    title: 'A client opens 11011 at its application server and shakes hands',
    requirement: requirement.clientsIncoming,
    on: clientAndServer,
    brokenBy: { fault: 'reject', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, expect }) {
      expect(await client.probe('tls', { host: app.fqdn, port: 11_011 })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/clients-port-is-open-to-iis',
    title: 'IIS opens 11011 at the application server',
    requirement: requirement.clientsIncoming,
    on: {
      web: { kind: 'web-server', where: { kind: 'iis' } },
      app: { kind: 'password-secure/app-server', via: 'web.app' },
    },
    brokenBy: { fault: 'reject', from: 'web', to: 'app', port: 11_011 },
    async run({ web, app, expect }) {
      expect(await web.probe('tls', { host: app.fqdn, port: 11_011 })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/client-works-through-its-port',
    title: 'A client logs in through 11011 and lists secrets',
    requirement: requirement.clientOutgoing,
    on: clientAndServer,
    brokenBy: { fault: 'stall', from: 'client', to: 'app', port: 11_011 },
    async run({ client, app, expect, defer }) {
      await logIn(client, 'alice', { expect, defer })
      expect(await client.call('connection', {})).toInclude({ connected: true, server: app.fqdn, port: 11_011 })
      expect(await client.call('list-secrets', {})).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'password-secure/ports/backup-port-answers-its-own-host',
    title: 'The backup port 11014 is open within the application server’s host',
    requirement: requirement.backup,
    on: { app: 'password-secure/app-server' },
    brokenBy: { fault: 'reject', from: 'app', to: 'app', port: 11_014 },
    async run({ app, expect }) {
      expect(await app.probe('tcp', { host: app.fqdn, port: 11_014 })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/real-time-port-is-open-to-clients',
    title: 'A client opens a WebSocket on 11018 at its application server',
    requirement: requirement.realTimeIncoming,
    on: clientAndServer,
    brokenBy: { fault: 'reject', from: 'client', to: 'app', port: 11_018 },
    async run({ client, app, expect }) {
      expect(await client.probe('websocket', { url: `wss://${app.fqdn}:11018/` })).toSucceed()
    },
  }),
  scenario({
    id: 'password-secure/ports/client-holds-its-real-time-connection',
    title: 'A client that has logged in holds its real-time connection on 11018',
    requirement: requirement.clientRealTimeOutgoing,
    on: clientAndServer,
    brokenBy: { fault: 'stall', from: 'client', to: 'app', port: 11_018 },
    async run({ client, expect, defer }) {
      await logIn(client, 'bob', { expect, defer })
      expect(await client.call('connect-real-time', {})).toInclude({ ok: true })
      expect(await client.call('connection', {})).toInclude({ realTime: true })
    },
  }),
]
