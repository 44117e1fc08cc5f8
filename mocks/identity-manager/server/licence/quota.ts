import type { Licence } from './licence.ts'

/** How a number of identities stands against a licence. */
export interface QuotaStanding {
  readonly identities: number
  readonly quota: number
  readonly within: boolean
  /** How many identities there are beyond the quota. */
  readonly beyond: number
}

/** A quota is kept up to and with its own number. */
export function quotaStanding({ identityQuota: quota }: Licence, identities: number): QuotaStanding {
  const beyond = Math.max(0, identities - quota)
  return { identities, quota, within: beyond === 0, beyond }
}
