import { z } from 'zod'
import { isSignedByVendor, signAsVendor } from './vendor-key.ts'

/** What a valid licence key grants. */
export interface Licence {
  readonly licensedTo: string
  /** The last moment of its last day, UTC. */
  readonly validTo: Date
  /** How many identities may be managed. */
  readonly identityQuota: number
}

export type LicenceRefusal = 'missing' | 'malformed' | 'tampered' | 'expired'

const texts = {
  missing: 'there is no license key: ask Netwrix Identity Manager for one and set License in appsettings.json',
  malformed: 'the license key cannot be read: License holds JSON with LicensedTo, ValidTo, IdentityQuota, Signature',
  tampered: 'the license key is not as the vendor signed it',
  expired: 'the license key has expired',
} as const satisfies Record<LicenceRefusal, string>

/** A licence key that the server does not start with. */
export class LicenceRefused extends Error {
  override readonly name = 'LicenceRefused'
  readonly reason: LicenceRefusal

  constructor(reason: LicenceRefusal, detail = '', options?: { readonly cause?: unknown }) {
    super(`${texts[reason]}${detail === '' ? '' : ` (${detail})`}`, options)
    this.reason = reason
  }
}

/** What the vendor signs, by the names that stand in the key. */
export interface LicenceFacts {
  readonly licensedTo: string
  /** `yyyymmdd`: valid until the end of that day. */
  readonly validTo: string
  readonly identityQuota: number
}

const MAX_KEY_LENGTH = 8_192

const licenceKey = z.strictObject({
  LicensedTo: z.string().min(1).max(200),
  ValidTo: z.string().regex(/^\d{8}$/),
  IdentityQuota: z.int().min(0).max(100_000_000),
  Signature: z.base64().max(200),
})

type LicenceKey = z.output<typeof licenceKey>

/** The licence in a key string; throws `LicenceRefused`. */
export function readLicence(text: string | undefined, now: Date): Licence {
  if (text === undefined || text.trim() === '') throw new LicenceRefused('missing')
  const key = parsed(text)
  const validTo = endOfDay(key.ValidTo)
  if (validTo === undefined) throw new LicenceRefused('malformed', 'ValidTo is no day')
  if (!isSignedByVendor(signedPart(key), key.Signature)) throw new LicenceRefused('tampered')
  if (now > validTo) throw new LicenceRefused('expired', `on ${validTo.toISOString().slice(0, 10)}`)
  return { licensedTo: key.LicensedTo, validTo, identityQuota: key.IdentityQuota }
}

/** A key string as the vendor makes it, signed by the simulated vendor. */
export function issueLicence({ licensedTo, validTo, identityQuota }: LicenceFacts): string {
  const key = { LicensedTo: licensedTo, ValidTo: validTo, IdentityQuota: identityQuota }
  return JSON.stringify({ ...key, Signature: signAsVendor(signedPart(key)) })
}

function parsed(text: string): LicenceKey {
  if (text.length > MAX_KEY_LENGTH) throw new LicenceRefused('malformed', `${text.length} characters are too many`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new LicenceRefused('malformed', 'it is no JSON', { cause })
  }
  const key = licenceKey.safeParse(json)
  if (!key.success) throw new LicenceRefused('malformed', key.error.issues[0]?.path.join('.') ?? '')
  return key.data
}

/** An array, so that no two licences sign as the same bytes. */
const signedPart = (key: Omit<LicenceKey, 'Signature'>): Buffer =>
  Buffer.from(JSON.stringify([key.LicensedTo, key.ValidTo, key.IdentityQuota]))

function endOfDay(day: string): Date | undefined {
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`
  const date = new Date(`${iso}T23:59:59.999Z`)
  // 30 February would become a day in March.
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? undefined : date
}
