import { type Licence, LicenceRefused, readLicence } from '../licence/licence.ts'
import { StartRefused } from './start-refused.ts'

/** The licence of appsettings.json; without a valid one the server does not start. */
export function validLicence(key: string | undefined, now: Date): Licence {
  try {
    return readLicence(key, now)
  } catch (error) {
    if (!(error instanceof LicenceRefused)) throw error
    throw new StartRefused(`licence/${error.reason}`, error.message, { cause: error })
  }
}
