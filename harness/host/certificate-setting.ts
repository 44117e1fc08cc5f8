import { z } from 'zod'
import type { Json } from '../context/json.ts'
import { authorityNames } from '../pki/authority-name.ts'
import { type LeafDefect, leafDefects } from '../pki/defect.ts'
import type { HostLeafRequest } from './component-host.ts'

/** What can be wrong with a certificate, as a setting. */
export const certificateDefect = z
  .enum(Object.keys(leafDefects) as [LeafDefect, ...LeafDefect[]]) // the keys of a table that is not empty
  .describe(`What is wrong with the certificate: ${Object.keys(leafDefects).join(', ')}.`)

/** The certificate of a server: one of the landscape's PKI, or of an authority that every browser knows. */
export const certificateSetting = z
  .strictObject({
    authority: z.enum(authorityNames).default('landscape').describe("landscape: the organisation's own PKI."),
    defect: certificateDefect.optional(),
    key: z.enum(['ec', 'rsa']).default('ec'),
  })
  .prefault({})

/** What such a server asks its host for. */
export const leafOf = ({ defect, ...leaf }: z.output<typeof certificateSetting>): HostLeafRequest => ({
  ...leaf,
  ...(defect === undefined ? {} : { defect }),
})

/**
 * Whether a component's settings name a public authority somewhere. Its root must be there before the first client dials, who
 * reads what is trusted then; the certificate itself is made at the first connection.
 */
export const asksForPublicAuthority = (settings: Json | undefined): boolean =>
  typeof settings === 'object' &&
  settings !== null &&
  Object.entries(settings).some(
    ([key, value]) => (key === 'authority' && value === 'public') || asksForPublicAuthority(value),
  )
