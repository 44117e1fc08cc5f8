import type { Product } from './product.ts'
import type { WebServerStart } from './references.ts'
import type { Site } from './site.ts'
import type { UpstreamAddress } from './upstreams.ts'

/** The application servers as the generated configuration names them. */
export function upstreamsOf({
  settings,
  references,
}: Pick<WebServerStart, 'settings' | 'references'>): UpstreamAddress[] {
  const portOf = (listens: (typeof references.app)[number]['listens'], id: string, standard: number) =>
    listens.find((listen) => listen.id === id)?.port ?? standard
  return references.app.map((app, index) => ({
    host: app.host,
    name: settings.upstreamAddresses?.[index] ?? app.fqdn,
    address: app.address,
    ports: { api: portOf(app.listens, 'web-services', 11_016), realtime: portOf(app.listens, 'real-time', 11_018) },
  }))
}

/** The product's limits, and what the settings say instead. */
export const limitsOf = ({ host, settings }: WebServerStart, product: Product): Site['limits'] => ({
  connectTimeoutMs: settings.connectTimeoutMs ?? Math.max(10, Math.floor(host.patienceMs / 2)),
  readTimeoutMs: {
    api: settings.apiReadTimeoutMs ?? product.apiReadTimeoutMs,
    realtime: settings.realtimeReadTimeoutMs ?? product.realtimeReadTimeoutMs,
  },
  clientTimeoutMs: settings.clientTimeoutMs ?? product.clientTimeoutMs,
  maxBodyBytes: settings.maxBodyBytes ?? product.maxBodyBytes,
})

/** What the documentation asks of the administrator: the application servers' certificates into the trusted roots. */
export function trustAppServers({ host, references }: WebServerStart): void {
  for (const app of references.app) {
    const certificate = host.certificates.exportedBy(app.host, 'PSR8Server')
    if (certificate === undefined) host.journal('nothing-to-trust', { app: app.host })
    else host.trust.add(certificate)
  }
}
