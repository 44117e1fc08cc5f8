import { z } from 'zod'
import { certificateSetting } from '../../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../../harness/host/server-tls.ts'

/** ISO 8601, as licences carry it. */
export const isoDate = z.iso.datetime({ offset: true })

export const licenceSeed = z.strictObject({
  key: z.string().min(1).max(100),
  licensee: z.string().max(200).default('Corp'),
  maxActivations: z.int().min(0).max(1_000).default(10).describe('Activations that the licence allows.'),
  validTo: isoDate.default('2099-12-31T23:59:59Z').describe('ISO 8601; the licence has expired from then on.'),
  seats: z.int().min(1).max(1_000_000).default(100).describe('Users that the licence covers.'),
})

export type LicenceSeed = z.output<typeof licenceSeed>

export const licenseServerSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(443),
  certificate: certificateSetting,
  tls: serverTlsSetting,
  licences: z.array(licenceSeed).default([licenceSeed.parse({ key: 'NPWS-2026-LAB-0001' })]),
  maxLicences: z.int().min(1).max(100_000).default(1_000),
  maxBodyBytes: z.int().min(256).max(1_048_576).default(16_384),
  maxConnections: z.int().min(1).max(100_000).default(1_000),
  headersTimeoutMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(10_000)
    .describe('How long a client may take for its headers.'),
  requestTimeoutMs: z.int().min(50).max(600_000).default(30_000).describe('How long a client may take for a request.'),
})

export type LicenseServerSettings = z.output<typeof licenseServerSettings>
