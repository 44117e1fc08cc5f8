import { type AnyScenario, type Break, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { noEncryptionPair, noIdentityPair } from './broken-place.ts'

const storages = [
  {
    id: 'in-a-file',
    where: 'a PKCS #12 file of its host',
    requirement: requirement.keyPairInArchive,
    setting: { source: 'pfx' },
  },
  {
    id: 'in-a-store-by-thumbprint',
    where: 'a Windows certificate store, by its thumbprint',
    requirement: requirement.keyPairInStore,
    setting: { source: 'store', by: 'thumbprint' },
  },
  {
    id: 'in-a-store-by-subject',
    where: 'a Windows certificate store, by its subject',
    requirement: requirement.keyPairInStore,
    setting: { source: 'store', by: 'subject' },
  },
] as const

/** Another storage than the one that the server has from its settings. */
const encryptionIn = (storage: (typeof storages)[number], brokenBy: Break) =>
  scenario({
    id: `identity-manager/keys/encryption-pair-${storage.id}`,
    title: `The server finds its encryption key pair in ${storage.where}, and reads with it what it has encrypted`,
    requirement: storage.requirement,
    on: { server: 'identity-manager/server' },
    brokenBy,
    async run({ server, expect, defer }) {
      defer(() => server.call('install-key-pair', { which: 'encryption' }))
      await server.call('install-key-pair', { which: 'encryption', ...storage.setting })
      const content = 'Identifier;Name\n1;Alice\n'
      const file = { kind: 'source', name: 'storage.csv' } as const
      expect(await server.call('write-file', { ...file, content })).toInclude({ ok: true })
      expect(await server.call('read-file', file)).toEqual({ ok: true, content })
    },
  })

const identityIn = (storage: (typeof storages)[number], brokenBy: Break) =>
  scenario({
    id: `identity-manager/keys/identity-server-pair-${storage.id}`,
    title: `The identity server finds its key pair in ${storage.where}, and publishes the key of that certificate`,
    requirement: storage.requirement,
    on: { server: 'identity-manager/server', browser: { kind: 'browser', first: true } },
    brokenBy,
    async run({ server, browser, expect, defer }) {
      defer(() => server.call('install-key-pair', { which: 'identity-server' }))
      await server.call('install-key-pair', { which: 'identity-server', ...storage.setting })
      const pairs = await server.call('key-pairs', {})
      expect(pairs, 'the key pairs').toInclude({ ok: true })
      if (!pairs.ok) return
      const url = `https://${server.fqdn}/.well-known/openid-configuration/jwks`
      const answer = await browser.probe('http', { url })
      expect(answer).toSucceed()
      expect(JSON.stringify(answer.facts.http), 'the published keys').toContain(pairs.identityServer.thumbprint)
    },
  })

export const keyPairStorage: readonly AnyScenario[] = storages.flatMap((storage) => [
  encryptionIn(storage, noEncryptionPair),
  identityIn(storage, noIdentityPair),
])
