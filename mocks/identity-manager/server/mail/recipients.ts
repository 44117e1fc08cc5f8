import type { MailSettings } from './settings.ts'

export interface Addressees {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
}

/** Who gets a mail once the settings have had their say, and who does not, by reason. */
export interface Recipients extends Addressees {
  /** Beyond `MaxRecipients`. */
  readonly overLimit: readonly string[]
  /** Of a domain that `AllowedDomains` does not name. */
  readonly notAllowed: readonly string[]
  /** Replaced by `CatchAllAddress`. */
  readonly caught: readonly string[]
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/**
 * Applies `CatchAllAddress`, `AllowedDomains`, `MaxRecipients` (counted through To, CC and BCC in that order) and
 * `CatchAllCCAddress`, which gets a copy of every mail whatever the others say.
 */
export function recipientsOf(wanted: Addressees, settings: MailSettings): Recipients {
  const { AllowedDomains, CatchAllAddress, CatchAllCCAddress, MaxRecipients } = settings
  const everybody = [...wanted.to, ...wanted.cc, ...wanted.bcc]
  const copy = CatchAllCCAddress ? [CatchAllCCAddress] : []
  if (CatchAllAddress) {
    return { to: [CatchAllAddress], cc: copy, bcc: [], overLimit: [], notAllowed: [], caught: everybody }
  }
  const domains = new Set((AllowedDomains ?? '').split(';').map((domain) => domain.trim().toLowerCase()))
  domains.delete('')
  const isAllowed = (address: string): boolean => domains.size === 0 || domains.has(domainOf(address))
  let room = MaxRecipients
  const overLimit: string[] = []
  const within = (addresses: readonly string[]): readonly string[] => {
    const allowed = addresses.filter(isAllowed)
    const kept = allowed.slice(0, room)
    overLimit.push(...allowed.slice(room))
    room -= kept.length
    return kept
  }
  const [to, cc, bcc] = [within(wanted.to), within(wanted.cc), within(wanted.bcc)]
  return {
    to,
    cc: to.length + cc.length + bcc.length === 0 ? [] : [...cc, ...copy],
    bcc,
    overLimit,
    notAllowed: everybody.filter((address) => !isAllowed(address)),
    caught: [],
  }
}
