import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

/** Host → its site: the one that it names, else the first of the file. */
export function siteFinder(spec: CheckedSpec, problems: Problem[]): (host: string) => string {
  const [first = 'main'] = Object.keys(spec.sites)
  if (Object.keys(spec.sites).length === 0) {
    problems.push({ path: ['sites'], part: 'value', text: 'names no site; leave it out for one named main' })
  }
  if (Object.keys(spec.hosts).length === 0) {
    problems.push({ path: ['hosts'], part: 'value', text: 'names no host; a landscape has at least one' })
  }
  const sites = new Map<string, string>()
  for (const [name, host] of Object.entries(spec.hosts)) {
    const site = host?.site
    if (site === undefined || Object.hasOwn(spec.sites, site)) {
      sites.set(name, site ?? first)
      continue
    }
    const text = `there is no site "${site}"${suggestion(site, Object.keys(spec.sites), 'sites')}`
    problems.push({ path: ['hosts', name, 'site'], part: 'value', text })
  }
  return (host) => sites.get(host) ?? first
}
