import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { onPremisesServer } from '../address.ts'
import { requirement } from '../requirement.ts'
import { agentAndServer, cutOff } from './connection.ts'

const PORT = 5_001

export const agentSettings: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/agent/identifier-must-be-known',
    title: 'An agent whose identifier the server does not have is not let in, though its token is good',
    requirement: requirement.agentSettings,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, expect }) {
      await agent.restart({ AgentIdentifier: 'Agent-Nobody-Knows' })
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'session', code: 'unknown-agent' })
      expect((await agent.call('status', {})).hasToken, 'a token').toEqual(true)
    },
  }),
  scenario({
    id: 'identity-manager/agent/local-is-reserved',
    title: 'The identifier Local is reserved: an agent of this name does not start',
    requirement: requirement.agentSettings,
    on: agentAndServer,
    brokenBy: { setting: 'agent.environment', value: { OpenId__AgentIdentifier: 'Agent1' } },
    async run({ agent, expect }) {
      await agent.restart({ AgentIdentifier: 'Local' })
      expect(await agent.call('status', {})).toInclude({ state: 'failed', refusal: { code: 'reserved-identifier' } })
    },
  }),
  scenario({
    id: 'identity-manager/agent/application-uri-is-the-servers',
    title: 'An agent that knows the server by another name than the server itself is not let in',
    requirement: requirement.agentSettings,
    on: { ...agentAndServer, server: { ...onPremisesServer, via: 'agent.server' } },
    when: (landscape, { server }) => aliasOf(landscape, server) !== undefined,
    brokenBy: cutOff,
    async run({ agent, server, landscape, expect }) {
      const own = (await server.call('status', {})).applicationUri ?? ''
      const alias = `https://${aliasOf(landscape, server.host)}`
      const other = own.startsWith(alias) ? `https://${server.fqdn}` : alias
      await agent.restart({ ApplicationUri: other })
      // The client's id ends in the name by which the agent knows the server.
      expect(await agent.call('connect', {})).toInclude({ ok: false, step: 'token', code: 'invalid_client' })
      await agent.restart({ ApplicationUri: own })
      expect(await agent.call('connect', {})).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'identity-manager/agent/sdk-certificate-is-refused',
    title: 'With the certificate of the SDK the agent does not start, and its port refuses',
    requirement: requirement.agentCertificates,
    on: agentAndServer,
    brokenBy: { setting: 'agent.appsettings', value: { EncryptionCertificate: null } },
    async run({ agent, server, expect }) {
      for (const source of ['store', 'pfx'] as const) {
        await agent.restart({ encryptionKey: { source, defect: 'sdk-certificate' } })
        const status = await agent.call('status', {})
        expect(status, `from a ${source}`).toInclude({ state: 'failed', refusal: { code: 'sdk-certificate' } })
        const seen = await server.probe('tcp', { host: agent.fqdn, port: PORT })
        expect(seen).toFail({ code: 'ECONNREFUSED' })
      }
    },
  }),
  scenario({
    id: 'identity-manager/agent/needs-its-own-key-pair',
    title: 'A key pair that is too short, has no private key, or whose password is wrong keeps the agent from starting',
    requirement: requirement.agentCertificates,
    on: agentAndServer,
    brokenBy: { setting: 'agent.appsettings', value: { EncryptionCertificate: null } },
    async run({ agent, expect }) {
      for (const [source, defect] of [
        ['store', 'too-short'],
        ['store', 'no-private-key'],
        ['pfx', 'wrong-password'],
      ] as const) {
        await agent.restart({ encryptionKey: { source, defect } })
        expect(await agent.call('status', {}), defect).toInclude({ state: 'failed', refusal: { code: defect } })
      }
    },
  }),
  scenario({
    id: 'identity-manager/agent/malformed-settings-are-named',
    title: 'A single backslash in appsettings.json keeps the agent from starting, and the log names the file',
    requirement: requirement.agentSettings,
    on: agentAndServer,
    brokenBy: { setting: 'agent.encryptionKey.defect', value: 'sdk-certificate' },
    async run({ agent, expect }) {
      await agent.restart({ appsettingsText: '{ "ApplicationUri": "https://x", "TempFolderPath": "C:\\Usercube" }' })
      const status = await agent.call('status', {})
      expect(status).toInclude({ state: 'failed', refusal: { code: 'appsettings-malformed' } })
      expect(status.refusal?.text).toContain('appsettings.json')
      await agent.restart()
      expect(await agent.call('status', {}), 'with the file mended').toInclude({ state: 'running' })
    },
  }),
]

function aliasOf(
  landscape: { readonly hosts: readonly { readonly name: string; readonly aliases: readonly string[] }[] },
  host: string | undefined,
): string | undefined {
  const found = landscape.hosts.find(({ name }) => name === host)?.aliases[0]
  return found
}
