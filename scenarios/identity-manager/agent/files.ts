import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { agentAndServer, cutOff } from './connection.ts'

const notEncrypted = {
  setting: 'agent.appsettings',
  value: { EncryptionCertificate: { EncryptFile: false } },
} as const

export const agentFiles: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/agent/collected-files-lie-encrypted',
    title: 'What the agent has collected lies encrypted: readable with its key pair, and with no other',
    requirement: requirement.agentFiles,
    on: agentAndServer,
    brokenBy: notEncrypted,
    async run({ agent, expect }) {
      const exported = await agent.call('export', { connector: 'HR' })
      expect(exported).toInclude({ ok: true, rows: 3 })
      const path = exported.ok ? exported.file : ''
      const asItLies = await agent.call('read-file', { path, as: 'it-lies' })
      expect(JSON.stringify(asItLies).includes('Arnold'), 'a name in the file').toEqual(false)
      const own = await agent.call('read-file', { path, as: 'agent' })
      expect(own.ok && own.text, 'the file, decrypted').toContain('Arnold')
      expect(await agent.call('read-file', { path, as: 'stranger' })).toInclude({ ok: false, code: 'another-key' })
    },
  }),
  scenario({
    id: 'identity-manager/agent/collected-data-reach-the-server',
    title: 'What was collected is sent for the server’s key, and the server reads as many rows as were exported',
    requirement: requirement.agentFiles,
    on: agentAndServer,
    brokenBy: cutOff,
    async run({ agent, server, expect }) {
      expect(await agent.call('export', { connector: 'HR' })).toInclude({ ok: true, rows: 3 })
      const sent = await agent.call('synchronise', {})
      expect(sent).toInclude({ ok: true })
      expect(sent.ok && sent.files.map(({ connector, rows }) => ({ connector, rows }))).toEqual([
        { connector: 'HR', rows: 3 },
      ])
      const received = (await server.journal('collection-received')).map(({ facts }) => facts)
      expect(received.at(-1)).toInclude({ agent: 'Agent1', connector: 'HR', mode: 'complete', rows: 3 })
    },
  }),
  scenario({
    id: 'identity-manager/agent/key-pair-may-change-at-any-time',
    title:
      'With another key pair what lies there is not readable any more, and what is exported anew reaches the server',
    requirement: requirement.agentFiles,
    on: agentAndServer,
    brokenBy: notEncrypted,
    async run({ agent, expect }) {
      expect(await agent.call('export', { connector: 'HR' })).toInclude({ ok: true })
      await agent.restart({ encryptionKey: { generation: 2 } })
      expect(await agent.call('synchronise', {})).toInclude({ ok: false, step: 'key', code: 'another-key' })
      expect(await agent.call('export', { connector: 'HR' })).toInclude({ ok: true })
      expect(await agent.call('synchronise', {})).toInclude({ ok: true })
    },
  }),
  scenario({
    id: 'identity-manager/agent/only-rooted-sources-are-read',
    title: 'A source outside of SourcesRootPaths is not read; upper and lower case make a difference',
    requirement: requirement.agentSettings,
    on: agentAndServer,
    brokenBy: { setting: 'agent.environment', value: { SourcesRootPaths__0: 'C:/Sources' } },
    async run({ agent, expect }) {
      expect(await agent.call('export', { connector: 'HR' }), 'before').toInclude({ ok: true })
      await agent.restart({ agentAppsettings: { SourcesRootPaths: ['C:/sources'] } })
      const refused = await agent.call('export', { connector: 'HR' })
      expect(refused).toInclude({ ok: false, step: 'source', code: 'path-not-allowed' })
    },
  }),
]
