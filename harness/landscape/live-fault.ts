import { HarnessError } from '../context/error.ts'
import { type Fault, isLiveFault, type LiveFault } from './fault.ts'
import { hostsOf } from './fault-hosts.ts'
import { suggestion } from './nearest.ts'
import { parseInjectedFault } from './parse-fault.ts'

/** A fault for a landscape that is up, as text or as data. Throws `usage` or `unknown-name` for one that cannot be injected. */
export function liveFaultOf(fault: string | Fault, hosts: ReadonlySet<string>): LiveFault {
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
  return parsed
}
