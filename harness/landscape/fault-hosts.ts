import type { Fault } from './fault.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

/** Reports faults between or at hosts that are not there. */
export function checkFaultHosts({ deviations, hosts, sites }: CheckedSpec, problems: Problem[]): void {
  for (const [index, fault] of deviations.entries()) {
    if (fault.fault === 'cut-site' && !Object.hasOwn(sites, fault.site)) {
      const text = noSuchSite(fault.site, Object.keys(sites))
      problems.push({ path: ['deviations', index, 'site'], part: 'value', text })
    }
    for (const [end, name] of hostsOf(fault)) {
      if (name === undefined || Object.hasOwn(hosts, name)) continue
      const text = `there is no host "${name}"${suggestion(name, Object.keys(hosts), 'hosts')}`
      problems.push({ path: ['deviations', index, end], part: 'value', text })
    }
  }
}

/** What is wrong with the name of a site that is not there. */
export const noSuchSite = (site: string, known: Iterable<string>): string =>
  `there is no site "${site}"${suggestion(site, known, 'sites')}`

/** The hosts that a fault names, by the key that names them. */
export function hostsOf(fault: Fault): readonly (readonly [key: string, host: string | undefined])[] {
  if (fault.fault === 'distrust') return [['at', fault.at]]
  if (fault.fault === 'dns-answer') return [['from', fault.from]]
  return 'to' in fault
    ? [
        ['from', fault.from],
        ['to', fault.to],
      ]
    : []
}
