import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type Database, DatabaseUnavailable } from '../database/database.ts'
import type { Licence } from '../licence/licence.ts'
import { quotaStanding } from '../licence/quota.ts'

const counted = z.tuple([z.object({ Identities: z.int() })])

/**
 * Tells the journal when there are more identities than the licence is for. That the product goes on all the same is assumed:
 * nothing is documented of it.
 */
export async function noteQuota(host: ComponentHost, database: Database, licence: Licence): Promise<void> {
  try {
    const rows = await database.query(
      `SELECT COUNT(*) AS Identities FROM UR_Resource WHERE EntityType = N'Directory_User';`,
    )
    const [{ Identities }] = counted.parse(rows)
    const { within, ...standing } = quotaStanding(licence, Identities)
    if (!within) host.journal('identity-quota-exceeded', { ...standing })
  } catch (error) {
    // /hc tells of a database that cannot be asked.
    if (!(error instanceof DatabaseUnavailable)) throw error
  }
}
