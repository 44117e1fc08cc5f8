import { z } from 'zod'
import { type KeyPairDefect, type KeyPairPurpose, type KeyPairWish, keyPairDefects } from './key-pair.ts'

/** Defects that only one kind of storage can have. */
const needs: ReadonlyMap<KeyPairDefect, KeyPairWish['source']> = new Map([
  ['wrong-password', 'pfx'],
  ['file-not-found', 'pfx'],
  ['not-in-store', 'store'],
  ['same-subject', 'store'],
])

/** How the administrator installs a key pair, as a setting of a component. */
export const keyPairSetting = z
  .strictObject({
    source: z
      .enum(['store', 'pfx'])
      .default('store')
      .describe('store: a Windows certificate store, which is the recommended way; pfx: a PKCS #12 file in Runtime.'),
    by: z.enum(['thumbprint', 'subject']).default('thumbprint').describe('What a certificate of a store is found by.'),
    storeLocation: z.enum(['LocalMachine', 'CurrentUser']).default('LocalMachine'),
    storeName: z
      .string()
      .regex(/^[A-Za-z]{1,40}$/)
      .default('AuthRoot')
      .describe("AuthRoot stands in all of the vendor's examples."),
    file: z.string().min(1).max(260).optional().describe('Of the PKCS #12 file: C:/… or relative to Runtime.'),
    password: z.string().max(128).default('Archive-4-Every1!').describe('Of the PKCS #12 file.'),
    commonName: z.string().min(1).max(64).optional().describe('Of the certificate; one by its purpose when absent.'),
    notAfter: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('End of the validity; none (year 9999) when absent.'),
    generation: z.int().min(1).max(1_000).default(1).describe('Another number is another key pair: rotation.'),
    defect: z
      .enum(keyPairDefects)
      .optional()
      .describe(`What is wrong with the key pair: ${keyPairDefects.join(', ')}.`),
  })
  .refine(({ source, defect }) => defect === undefined || (needs.get(defect) ?? source) === source, {
    path: ['defect'],
    error: 'this defect is one of the other source',
  })
  .prefault({})

export type KeyPairSetting = z.output<typeof keyPairSetting>

/** The administrator's wish, as the setting tells it. */
export const keyPairWishOf = (purpose: KeyPairPurpose, { notAfter, ...setting }: KeyPairSetting): KeyPairWish => ({
  purpose,
  ...setting,
  ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter) }),
})
