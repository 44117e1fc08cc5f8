import { HarnessError } from '../context/error.ts'
import { type Fault, isLiveFault, type LiveFault } from './fault.ts'
import { hostsOf, noSuchSite } from './fault-hosts.ts'
import type { Site } from './landscape.ts'
import { suggestion } from './nearest.ts'
import { parseInjectedFault } from './parse-fault.ts'

/** A fault for a landscape that is up, as text or as data. Throws `usage` or `unknown-name` for one that cannot be injected. */
export function liveFaultOf(
  fault: string | Fault,
  hosts: ReadonlySet<string>,
  { sites, live }: { readonly sites: readonly Site[]; readonly live: boolean },
): LiveFault {
  const parsed = typeof fault === 'string' ? parseInjectedFault(fault) : fault
  if (!isLiveFault(parsed)) {
    throw new HarnessError(
      'usage',
      `${parsed.fault} changes what a landscape is made of: give it with --with or --set at start`,
    )
  }
  for (const [, host] of hostsOf(parsed)) {
    if (host === undefined || hosts.has(host)) continue
    throw new HarnessError('unknown-name', `there is no host "${host}"${suggestion(host, hosts, 'hosts')}`)
  }
  const names = sites.map(({ name }) => name)
  if (parsed.fault === 'cut-site' && !names.includes(parsed.site)) {
    throw new HarnessError('unknown-name', noSuchSite(parsed.site, names))
  }
  if (parsed.fault === 'cut' && parsed.with === 'silence' && parsed.afterBytes === undefined && !live) {
    const text =
      'cut: only where a relay carries every connection can those that are open fall silent: start the landscape with `live: true` (`landscape up` does)'
    throw new HarnessError('usage', text)
  }
  return parsed
}
