import { z } from 'zod'
import { type LeafDefect, leafDefects } from '../pki/defect.ts'

/** What can be wrong with a certificate, as a setting. */
export const certificateDefect = z
  .enum(Object.keys(leafDefects) as [LeafDefect, ...LeafDefect[]]) // the keys of a table that is not empty
  .describe(`What is wrong with the certificate: ${Object.keys(leafDefects).join(', ')}.`)

/** The certificate of a server that has one of the landscape's PKI. */
export const certificateSetting = z
  .strictObject({ defect: certificateDefect.optional(), key: z.enum(['ec', 'rsa']).default('ec') })
  .prefault({})
