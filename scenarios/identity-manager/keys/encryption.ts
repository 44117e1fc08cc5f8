import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { noEncryptionPair, noIdentityPair } from './broken-place.ts'

const server = { server: 'identity-manager/server' } as const

const kinds = ['source', 'configuration', 'log'] as const
const content = 'Identifier;Salary\n1;100000\n'

export const encryptionAndRotation: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/keys/files-are-encrypted',
    title: 'Source, configuration and log files lie encrypted on the server’s disk, and the server reads them',
    requirement: requirement.encryptionKeyPair,
    on: server,
    brokenBy: { setting: 'server.environment', value: { EncryptionCertificate__EncryptFile: 'false' } },
    async run({ server, expect, step, defer }) {
      const encrypting = async (EncryptFile: boolean) => {
        await server.call('set-appsettings', { change: { EncryptionCertificate: { EncryptFile } } })
        await server.call('recycle', {})
      }
      for (const kind of kinds) {
        await step(`the server writes a ${kind} file and reads it`, async () => {
          expect(await server.call('write-file', { kind, name: 'secret', content })).toInclude({ ok: true })
          expect(await server.call('read-file', { kind, name: 'secret' })).toEqual({ ok: true, content })
        })
      }
      // Without encryption the server gives what lies there.
      defer(() => encrypting(true))
      await encrypting(false)
      for (const kind of kinds) {
        await step(`the ${kind} file as it lies there`, async () => {
          const raw = await server.call('read-file', { kind, name: 'secret' })
          expect(raw, 'the file').toInclude({ ok: true })
          expect(raw.ok ? raw.content : '', 'what lies there').toMatch(/^eyJ[\w-]+(\.[\w-]+){4}$/)
        })
      }
    },
  }),
  scenario({
    id: 'identity-manager/keys/settings-can-be-encrypted',
    title: 'Values in appsettings.encrypted.json are read with the encryption key pair, and beat plain ones',
    requirement: requirement.encryptionKeyPair,
    on: server,
    brokenBy: {
      setting: 'server.environment',
      value: { EncryptionCertificate__UseEncryptedAppsettings: 'false' },
    },
    async run({ server, expect, defer }) {
      const encrypted = async (UseEncryptedAppsettings: boolean) => {
        await server.call('set-appsettings', { change: { EncryptionCertificate: { UseEncryptedAppsettings } } })
        await server.call('recycle', {})
      }
      const uri = 'https://encrypted.corp.example'
      expect(await server.call('encrypt-appsettings', { change: { ApplicationUri: uri } })).toInclude({ ok: true })
      defer(() => encrypted(false))
      await encrypted(true)
      expect(await server.call('status', {})).toInclude({ state: 'running', applicationUri: uri })
      const { text } = await server.call('appsettings', {})
      expect(text.includes(uri), 'the plain file has it').toEqual(false)
    },
  }),
  scenario({
    id: 'identity-manager/keys/encryption-pair-is-changed',
    title:
      'The encryption key pair is changed: the server runs on, writes with the new one, and cannot read what was before',
    requirement: requirement.keyPairChanged,
    on: server,
    brokenBy: noEncryptionPair,
    async run({ server, expect }) {
      const file = { kind: 'source', name: 'before' } as const
      await server.call('write-file', { ...file, content })
      const changed = await server.call('rotate-key-pair', { which: 'encryption' })
      expect(changed).toInclude({ state: 'running' })
      expect(changed.thumbprint !== changed.previous, 'another pair').toBeTruthy()
      expect(await server.call('read-file', file), 'what was before').toInclude({ ok: false, code: 'another-key' })
      expect(await server.call('write-file', { ...file, content })).toInclude({ ok: true })
      expect(await server.call('read-file', file), 'what is written now').toEqual({ ok: true, content })
    },
  }),
  scenario({
    id: 'identity-manager/keys/identity-server-pair-is-changed',
    title: 'The identity server’s key pair is changed: its agent goes on as soon as it has the new public key',
    requirement: requirement.keyPairChanged,
    on: {
      agent: 'identity-manager/agent',
      server: { kind: 'identity-manager/server', via: 'agent.server' },
    },
    brokenBy: noIdentityPair,
    async run({ agent, server, expect, defer }) {
      expect(await agent.call('connect', {}), 'the agent before').toInclude({ ok: true })
      defer(() => agent.call('import-server-key', {}))
      const changed = await server.call('rotate-key-pair', { which: 'identity-server' })
      expect(changed).toInclude({ state: 'running' })
      expect(changed.thumbprint !== changed.previous, 'another pair').toBeTruthy()
      await agent.call('forget-token', {})
      expect(await agent.call('connect', {}), 'the agent with the old key').toInclude({ ok: false })
      expect(await agent.call('import-server-key', {})).toEqual({ imported: true })
      expect(await agent.call('connect', {}), 'the agent with the new key').toInclude({ ok: true })
    },
  }),
]
