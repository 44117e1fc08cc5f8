import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'

const server = { kind: 'identity-manager/server', first: true } as const

const services = [
  { hosting: 'windows-service', name: 'a Windows service', proves: requirement.windowsService },
  { hosting: 'stand-alone', name: 'a stand-alone executable', proves: requirement.standAlone },
] as const

const byKestrel = services.flatMap(({ hosting, name, proves }) => [
  scenario({
    id: `identity-manager/hosting/${hosting}`,
    title: `The server runs as ${name}, and answers by Kestrel`,
    requirement: proves,
    on: { server },
    brokenBy: { setting: 'server.licence.defect', value: 'missing' },
    async run({ server: im, expect }) {
      await im.restart({ hosting })
      const answer = await im.probe('http', { url: `https://${im.fqdn}/hc` })
      expect(answer).toSucceed()
      expect(answer.facts.http, 'the answer').toInclude({
        status: 200,
        body: 'Healthy',
        headers: { server: 'Kestrel' },
      })
    },
  }),
  scenario({
    id: `identity-manager/hosting/${hosting}-that-does-not-start`,
    title: `As ${name} a server that does not start listens nowhere: connections are refused`,
    requirement: proves,
    on: { server },
    brokenBy: { setting: 'server.environment', value: { ApplicationUri: 'https://identity.corp.example' } },
    async run({ server: im, expect }) {
      await im.restart({ hosting, appsettings: { ApplicationUri: null } })
      expect(await im.call('status', {})).toInclude({ state: 'failed', refusal: { code: 'setting-missing' } })
      expect(await im.probe('http', { url: `https://${im.fqdn}/hc` })).toFail({ code: 'ECONNREFUSED' })
    },
  }),
])

export const hostings: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/hosting/iis',
    title: 'Under IIS the server answers in IIS’ name, and tells browsers to come by HTTPS only',
    requirement: requirement.iis,
    on: { server: { kind: 'identity-manager/server', where: { hosting: 'iis' } } },
    brokenBy: { setting: 'server.hosting', value: 'windows-service' },
    async run({ server: im, expect }) {
      const answer = await im.probe('http', { url: `https://${im.fqdn}/hc` })
      expect(answer.facts.http, 'the answer').toInclude({
        status: 200,
        body: 'Healthy',
        headers: { server: 'Microsoft-IIS/10.0', 'strict-transport-security': 'max-age=2592000' },
      })
    },
  }),
  ...byKestrel,
  scenario({
    id: 'identity-manager/hosting/pool-without-managed-code',
    title: 'The server is a .NET application of its own: it runs in a pool that loads no managed code',
    requirement: requirement.dotNet,
    on: { server: { kind: 'identity-manager/server', where: { hosting: 'iis' } } },
    brokenBy: { setting: 'server.iis.applicationPool.managedRuntimeVersion', value: 'v4.0' },
    async run({ server: im, expect }) {
      expect(await im.call('status', {})).toInclude({ hosting: 'iis', state: 'running' })
      const answer = await im.probe('http', { url: `https://${im.fqdn}/hc` })
      expect(answer.facts.http).toInclude({ status: 200 })
    },
  }),
  scenario({
    id: 'identity-manager/hosting/settings-file-with-a-single-backslash',
    title:
      'A single backslash in appsettings.json keeps the server from starting, in .NET’s words, and IIS answers 500.30',
    requirement: requirement.settingsFile,
    on: { server: { kind: 'identity-manager/server', where: { hosting: 'iis' } } },
    brokenBy: { setting: 'server.hosting', value: 'stand-alone' },
    async run({ server: im, expect }) {
      await im.restart({ appsettingsText: '{ "EncryptionCertificate": { "File": "C:\\Usercube\\key.pfx" } }' })
      const { state, refusal } = await im.call('status', {})
      expect({ state, code: refusal?.code }).toEqual({ state: 'failed', code: 'appsettings-malformed' })
      expect(refusal?.text ?? '', 'what it says').toMatch(
        /'U' is an invalid escapable character within a JSON string\. .* LineNumber: 0 \| BytePositionInLine: 41\.$/,
      )
      const answer = await im.probe('http', { url: `https://${im.fqdn}/` })
      expect(answer.facts.http, 'what a browser gets').toInclude({ status: 500 })
    },
  }),
  scenario({
    id: 'identity-manager/hosting/health-follows-the-database',
    title: 'GET /hc says Healthy while the database is there, and Unhealthy with 503 while it is not',
    requirement: requirement.healthCheck,
    on: { server, sql: { kind: 'sql-server', via: 'server.database' } },
    brokenBy: { fault: 'reject', from: 'server', to: 'sql', port: 1433 },
    async run({ server: im, sql, expect, defer }) {
      const healthCheck = async () => (await im.probe('http', { url: `https://${im.fqdn}/hc` })).facts.http
      expect(await healthCheck(), 'with its database').toInclude({ status: 200, body: 'Healthy' })
      const database = String(im.settings.databaseName)
      defer(() => sql.call('set-database', { database, state: 'ONLINE' }))
      await sql.call('set-database', { database, state: 'OFFLINE' })
      expect(await healthCheck(), 'without it').toInclude({ status: 503, body: 'Unhealthy' })
    },
  }),
]
