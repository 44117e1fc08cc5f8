import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { issueLicence } from '../licence/licence.ts'
import type { ServerSettings } from '../settings.ts'

const DAY_MS = 86_400_000
const YEAR_DAYS = 365

/** The licence key that the vendor has sent, as it then stands in appsettings.json. */
export function licenceKey(host: ComponentHost, { licence }: ServerSettings): string | undefined {
  const { licensedTo, identityQuota, defect } = licence
  const inDays = (days: number) => yyyymmdd(new Date(host.now().getTime() + days * DAY_MS))
  switch (defect) {
    case 'missing':
      return undefined
    case 'malformed':
      return 'no licence'
    case 'expired':
      return issueLicence({ licensedTo, identityQuota, validTo: inDays(-1) })
    case 'tampered': {
      const key = issueLicence({ licensedTo, identityQuota, validTo: licence.validTo ?? inDays(YEAR_DAYS) })
      return JSON.stringify({ ...JSON.parse(key), IdentityQuota: identityQuota * 10 + 1 })
    }
    case undefined:
      return issueLicence({ licensedTo, identityQuota, validTo: licence.validTo ?? inDays(YEAR_DAYS) })
  }
}

const yyyymmdd = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '')
