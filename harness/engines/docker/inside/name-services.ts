import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { domainOf } from '../hosts-file.ts'
import type { Setup } from '../link/protocol.ts'
import { askedByPrograms, resolverFile } from '../resolver-file.ts'

const SERVICES = '/etc/nsswitch.conf'
const RESOLVER = '/etc/resolv.conf'

/** Programs in this container ask the landscape's name servers. Docker's own resolver keeps them waiting 10 s for what nobody knows. */
export function askLandscape({ landscape, addresses, host }: Pick<Setup, 'landscape' | 'addresses' | 'host'>): void {
  const own = landscape.hosts.find(({ name }) => name === host)
  const domain = own === undefined ? landscape.domain : domainOf(own)
  // In its place: the engine mounts it, so that it cannot be exchanged.
  writeFileSync(RESOLVER, resolverFile({ landscape, network: { addresses } }, domain))
}

/** Where programs have no name server to ask, what the hosts file does not have is no name: nobody is asked who could fail to tell. */
export function chooseNameServices({ landscape }: Pick<Setup, 'landscape'>): void {
  if (askedByPrograms(landscape).length > 0) return
  const written = existsSync(SERVICES) ? readFileSync(SERVICES, 'utf8') : ''
  writeFileSync(SERVICES, `${written.replaceAll(/^\s*hosts\s*:.*$/gm, '')}\nhosts: files\n`)
}
