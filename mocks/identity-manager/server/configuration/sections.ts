import { z } from 'zod'
import type { KeyPairPlace } from '../../keys/key-pair.ts'

/** Sections of the server's appsettings.json, by the vendor's keys (facts, sections 6.2 and 8.2). */

const storeLocation = z.enum(['LocalMachine', 'CurrentUser'])
const text = z.string().max(4_000)

export const encryptionCertificateSection = z.object({
  File: text.optional(),
  Password: text.optional(),
  DistinguishedName: text.optional(),
  Thumbprint: text.optional(),
  StoreLocation: storeLocation.optional(),
  StoreName: text.optional(),
  EncryptFile: z.boolean().default(true),
  UseEncryptedAppsettings: z.boolean().default(false),
})

export const identityServerSection = z.object({
  Enabled: z.boolean().default(true),
  AllowWindowsAuthentication: z.boolean().default(false),
  ShowPII: z.boolean().default(false),
  // What is no web address is refused: assumed.
  IssuerURI: z
    .url({ protocol: /^https?$/ })
    .max(4_000)
    .optional(),
  PublicOrigin: text.optional(),
  X509KeyFilePath: text.optional(),
  // The table of the documentation calls it so; the examples say X509KeyFilePath.
  X509File: text.optional(),
  X509KeyFilePassword: text.optional(),
  X509SubjectDistinguishedName: text.optional(),
  X509Thumbprint: text.optional(),
  X509StoreLocation: storeLocation.optional(),
  X509StoreName: text.optional(),
})

const openIdProvider = z.object({
  Enabled: z.boolean().default(true),
  AuthenticationScheme: text.optional(),
  DisplayName: text.optional(),
  ClientId: text,
  ClientSecret: text.optional(),
  Authority: text,
  NameClaimType: text.optional(),
  Scopes: text.optional(),
  MetadataAddress: text.optional(),
  RequireHttpsMetadata: z.boolean().default(true),
  ResponseMode: z.enum(['Query', 'FormPost']).optional(),
  ResponseType: z.enum(['Code', 'CodeIdToken']).optional(),
})

const HOUR_S = 3_600

/** `08:00:00`, as .NET writes a TimeSpan, or seconds: assumed, as the documentation shows neither. */
const timeSpan = (seconds: number) =>
  z
    .union([
      z.int().min(1).max(31_536_000),
      z
        .string()
        .regex(/^(\d{1,3}\.)?\d{1,2}:\d{2}:\d{2}$/)
        .transform((span) => {
          const [, days = '0', hours = '0', minutes = '0', rest = '0'] =
            /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(span) ?? []
          return Number(days) * 24 * HOUR_S + Number(hours) * HOUR_S + Number(minutes) * 60 + Number(rest)
        }),
    ])
    .default(seconds)

export const authenticationSection = z.object({
  Enabled: z.boolean().default(true),
  RequireHttpsMetadata: z.boolean().default(true),
  AllowLocalLogin: z.boolean().default(true),
  CookieLifeTime: timeSpan(8 * HOUR_S),
  LifeTimeSliding: timeSpan(HOUR_S / 6),
  OpenId: z.record(z.string(), openIdProvider).default({}),
})

export const openIdClientsSection = z.record(z.string(), z.object({ HashedSecret: text }))

export const agentsSection = z.record(z.string(), z.object({ Uri: text }))

/** Keys that stand at the top. */
export const topLevelSection = z.object({
  License: text.optional(),
  NotUseAgent: z.boolean().default(false),
  TempFolderPath: text.default('../Temp'),
  WorkFolderPath: text.default('../Work'),
  HstsPreload: z.boolean().default(false),
  DefaultPageSize: z.int().min(1).max(10_000).default(100),
  MaxPageSize: z.int().min(1).max(10_000).default(1_000),
  Swagger: z.object({ Enabled: z.boolean().default(false) }).prefault({}),
})

export function encryptionPlace(section: z.output<typeof encryptionCertificateSection>): KeyPairPlace {
  return {
    file: section.File,
    password: section.Password,
    distinguishedName: section.DistinguishedName,
    thumbprint: section.Thumbprint,
    storeLocation: section.StoreLocation,
    storeName: section.StoreName,
  }
}

export function identityPlace(section: z.output<typeof identityServerSection>): KeyPairPlace {
  return {
    file: section.X509KeyFilePath ?? section.X509File,
    password: section.X509KeyFilePassword,
    distinguishedName: section.X509SubjectDistinguishedName,
    thumbprint: section.X509Thumbprint,
    storeLocation: section.X509StoreLocation,
    storeName: section.X509StoreName,
  }
}
