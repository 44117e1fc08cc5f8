import type { Path, Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

const HOSTS_IN_A_BLOCK = 254
const MOST_SITES = 254
const MOST_HOSTS = 256 * HOSTS_IN_A_BLOCK

/**
 * The address of each host: the customer's own where the file gives one, else the next free 10.site.n.m of its site,
 * counted in the order of the file (sites and m from 1, n from 0).
 */
export function giveAddresses(spec: CheckedSpec, siteOf: (host: string) => string, problems: Problem[]) {
  const given = new Map<string, string>()
  const taken = new Map<string, string>()
  for (const [name, host] of Object.entries(spec.hosts)) {
    if (host?.address === undefined) continue
    const owner = taken.get(host.address)
    const path: Path = ['hosts', name, 'address']
    if (owner !== undefined)
      problems.push({ path, part: 'value', text: `host "${owner}" has the address ${host.address} already` })
    taken.set(host.address, name)
    given.set(name, host.address)
  }
  const sites = Object.keys(spec.sites)
  if (sites.length > MOST_SITES) {
    problems.push({ path: ['sites'], part: 'key', text: `${sites.length} sites; at most ${MOST_SITES}` })
  }
  const numbers = new Map(sites.map((site, index) => [site, index + 1]))
  const counts = new Map<string, number>()
  for (const name of Object.keys(spec.hosts)) {
    if (given.has(name)) continue
    const site = siteOf(name)
    const number = numbers.get(site) ?? 0
    let count = counts.get(site) ?? 0
    let address: string
    do address = addressAt(number, count++)
    while (taken.has(address))
    counts.set(site, count)
    if (count > MOST_HOSTS) {
      problems.push({ path: ['hosts', name], part: 'key', text: `site ${site} is full: it holds ${MOST_HOSTS} hosts` })
      break
    }
    given.set(name, address)
  }
  return given
}

const addressAt = (site: number, index: number): string =>
  `10.${site}.${Math.floor(index / HOSTS_IN_A_BLOCK)}.${(index % HOSTS_IN_A_BLOCK) + 1}`
