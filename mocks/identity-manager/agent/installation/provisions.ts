import { createHash } from 'node:crypto'
import type { Provision } from '../../../../harness/host/component.ts'
import type { AgentSettings } from '../settings.ts'

/** base64(SHA-256(secret)), as the server keeps it (facts, section 6.2). */
export const hashedSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64')

/** What the administrator makes known to the server: the agent, where browsers find it, and its clients' hashed secrets. */
export function agentProvisions(settings: AgentSettings, host: { readonly fqdn: string }): readonly Provision[] {
  const { registration, OpenIdClients, AgentIdentifier, httpsPort } = settings
  if (!registration.prepared) return []
  const clients = Object.entries(OpenIdClients).map(([id, secret]) => ({
    id,
    hashedSecret: hashedSecret(registration.secret ?? secret),
  }))
  const uri = `https://${host.fqdn}:${httpsPort}`
  const input = { identifier: registration.AgentIdentifier ?? AgentIdentifier, uri, clients }
  return [{ reference: 'server', action: 'register-agent', input }]
}
