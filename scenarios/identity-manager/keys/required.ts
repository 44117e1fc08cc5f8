import { X509Certificate } from 'node:crypto'
import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { noEncryptionPair, noIdentityPair } from './broken-place.ts'

const server = { server: 'identity-manager/server' } as const

/** What is demanded of the pairs, and what is not. */
export const keyPairsRequired: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/keys/encryption-pair-is-rsa-2048',
    title: 'The server has an encryption key pair of RSA with 2048 bits',
    requirement: requirement.encryptionKeyPair,
    on: server,
    brokenBy: { setting: 'server.encryptionCertificate.defect', value: 'too-short' },
    async run({ server, expect }) {
      const pairs = await server.call('key-pairs', {})
      expect(pairs).toInclude({ ok: true, encryption: { bits: 2048 } })
    },
  }),
  scenario({
    id: 'identity-manager/keys/identity-server-pair-is-rsa-2048',
    title: 'The identity server has a key pair of its own, RSA with 2048 bits',
    requirement: requirement.identityServerKeyPair,
    on: server,
    brokenBy: { setting: 'server.identityCertificate.defect', value: 'too-short' },
    async run({ server, expect }) {
      const pairs = await server.call('key-pairs', {})
      expect(pairs).toInclude({ ok: true, identityServer: { bits: 2048 } })
      if (!pairs.ok) return
      expect(pairs.identityServer.thumbprint !== pairs.encryption.thumbprint, 'a pair of its own').toBeTruthy()
    },
  }),
  scenario({
    id: 'identity-manager/keys/outside-the-pki',
    title: 'Both certificates are signed with their own keys: no authority of the organisation knows them',
    requirement: requirement.keyPairOutsidePki,
    on: server,
    brokenBy: noEncryptionPair,
    async run({ server, expect }) {
      const pairs = await server.call('key-pairs', {})
      expect(pairs, 'the key pairs').toInclude({ ok: true })
      if (!pairs.ok) return
      for (const { certificate, subject } of [pairs.encryption, pairs.identityServer]) {
        const read = new X509Certificate(certificate)
        expect(read.issuer, `who signed ${subject}`).toEqual(read.subject)
        expect(read.verify(read.publicKey), `${subject} is signed with its own key`).toBeTruthy()
      }
    },
  }),
  scenario({
    id: 'identity-manager/keys/no-expiration-date',
    title: 'Both certificates have no expiration date (the year 9999, RFC 5280), and the server takes them',
    requirement: requirement.keyPairWithoutExpiry,
    on: server,
    brokenBy: noIdentityPair,
    async run({ server, expect }) {
      const pairs = await server.call('key-pairs', {})
      expect(pairs, 'the key pairs').toInclude({ ok: true })
      if (!pairs.ok) return
      for (const { certificate, subject } of [pairs.encryption, pairs.identityServer]) {
        expect(new X509Certificate(certificate).validTo, `the end of ${subject}`).toEqual('Dec 31 23:59:59 9999 GMT')
      }
    },
  }),
]
