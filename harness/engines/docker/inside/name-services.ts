import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Setup } from '../link/protocol.ts'
import { resolverFile } from '../resolver-file.ts'

const SERVICES = '/etc/nsswitch.conf'
const RESOLVER = '/etc/resolv.conf'

/** Programs in this container ask the landscape's name servers. Docker's own resolver keeps them waiting 10 s for what nobody knows. */
export function askLandscape({ landscape, addresses }: Pick<Setup, 'landscape' | 'addresses'>): void {
  // In its place: the engine mounts it, so that it cannot be exchanged.
  writeFileSync(RESOLVER, resolverFile({ landscape, network: { addresses } }))
}

/** Where a landscape has no name server, what the hosts file does not have is no name: nobody is asked who could fail to tell. */
export function chooseNameServices({ landscape }: Pick<Setup, 'landscape'>): void {
  if (landscape.nameServers.length > 0) return
  const written = existsSync(SERVICES) ? readFileSync(SERVICES, 'utf8') : ''
  writeFileSync(SERVICES, `${written.replaceAll(/^\s*hosts\s*:.*$/gm, '')}\nhosts: files\n`)
}
