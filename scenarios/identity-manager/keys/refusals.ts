import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { healthyEncryptionPair, healthyIdentityPair, otherRefusal } from './broken-place.ts'

const server = { server: 'identity-manager/server' } as const

const ofEncryption = [
  {
    defect: 'too-short',
    setting: { source: 'store', by: 'subject' },
    brokenBy: healthyEncryptionPair,
    title: 'with 1024 bits',
    requirement: requirement.encryptionKeyPair,
  },
  {
    defect: 'no-private-key',
    setting: { source: 'pfx' },
    brokenBy: otherRefusal,
    title: 'whose archive has no private key',
    requirement: requirement.keyPairIsWhole,
  },
  {
    defect: 'wrong-password',
    setting: { source: 'pfx' },
    brokenBy: otherRefusal,
    title: 'whose archive has another password',
    requirement: requirement.keyPairInArchive,
  },
  {
    defect: 'file-not-found',
    setting: { source: 'pfx' },
    brokenBy: otherRefusal,
    title: 'whose archive is not where appsettings.json says',
    requirement: requirement.keyPairInArchive,
  },
  {
    defect: 'not-in-store',
    setting: { source: 'store', by: 'subject' },
    brokenBy: healthyEncryptionPair,
    title: 'of a subject that the store does not have',
    requirement: requirement.keyPairInStore,
  },
] as const

export const keyPairRefusals: readonly AnyScenario[] = [
  ...ofEncryption.map(({ defect, setting, brokenBy, title, requirement }) =>
    scenario({
      id: `identity-manager/keys/encryption-pair-${defect}`,
      title: `The server does not start with an encryption key pair ${title}, and says so`,
      requirement,
      on: server,
      brokenBy,
      async run({ server, expect, defer }) {
        defer(() => server.call('install-key-pair', { which: 'encryption' }))
        await server.call('install-key-pair', { which: 'encryption', ...setting, defect })
        const status = await server.call('status', {})
        expect(status).toInclude({ state: 'failed', refusal: { code: `encryption-certificate/${defect}` } })
        expect(status.refusal?.text ?? '', 'what it says').toContain('EncryptionCertificate')
      },
    }),
  ),
  scenario({
    id: 'identity-manager/keys/identity-server-pair-of-the-sdk',
    title: 'The server does not start with the certificate of the SDK as its identity server’s',
    requirement: requirement.sdkCertificate,
    on: server,
    brokenBy: healthyIdentityPair,
    async run({ server, expect, defer }) {
      defer(() => server.call('install-key-pair', { which: 'identity-server' }))
      const sdk = { which: 'identity-server', by: 'subject', defect: 'sdk-certificate' } as const
      await server.call('install-key-pair', sdk)
      const status = await server.call('status', {})
      expect(status).toInclude({ state: 'failed', refusal: { code: 'identity-server-certificate/sdk-certificate' } })
    },
  }),
  scenario({
    id: 'identity-manager/keys/two-certificates-of-one-subject',
    title:
      'Of two certificates with one subject the server takes the first that it finds; the thumbprint tells them apart',
    requirement: requirement.firstOfSubject,
    on: server,
    brokenBy: healthyEncryptionPair,
    async run({ server, expect, defer }) {
      defer(() => server.call('install-key-pair', { which: 'encryption' }))
      const loadedBy = async (by: 'subject' | 'thumbprint') => {
        await server.call('install-key-pair', { which: 'encryption', source: 'store', by, defect: 'same-subject' })
        const pairs = await server.call('key-pairs', {})
        expect(pairs, `the pair found by ${by}`).toInclude({ ok: true })
        return pairs.ok ? pairs.encryption : undefined
      }
      const [found, meant] = [await loadedBy('subject'), await loadedBy('thumbprint')]
      expect(found?.subject, 'the subject of both').toEqual(meant?.subject)
      expect(found?.thumbprint !== meant?.thumbprint, 'another certificate by its thumbprint').toBeTruthy()
    },
  }),
]
