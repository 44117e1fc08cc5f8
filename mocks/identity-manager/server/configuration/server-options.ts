import type { z } from 'zod'
import { StartRefused } from '../product/start-refused.ts'
import { bind } from './bind.ts'
import type { Configuration } from './configuration.ts'
import {
  agentsSection,
  authenticationSection,
  encryptionCertificateSection,
  identityServerSection,
  openIdClientsSection,
  topLevelSection,
} from './sections.ts'

/** What appsettings.json and its like say, typed. */
export interface ServerOptions extends z.output<typeof topLevelSection> {
  /** With its scheme, without a path. */
  readonly applicationUri: URL
  readonly connectionString: string
  readonly encryptionCertificate: z.output<typeof encryptionCertificateSection>
  readonly identityServer: z.output<typeof identityServerSection>
  readonly authentication: z.output<typeof authenticationSection>
  readonly openIdClients: z.output<typeof openIdClientsSection>
  readonly agents: z.output<typeof agentsSection>
}

/** Throws `StartRefused`: a required key is missing, or a value is not what it has to be. */
export function serverOptions(configuration: Configuration): ServerOptions {
  return {
    ...bind(configuration, '', topLevelSection),
    applicationUri: applicationUri(required(configuration, 'ApplicationUri')),
    connectionString: required(configuration, 'ConnectionString'),
    encryptionCertificate: bind(configuration, 'EncryptionCertificate', encryptionCertificateSection),
    identityServer: bind(configuration, 'IdentityServer', identityServerSection),
    authentication: bind(configuration, 'Authentication', authenticationSection),
    openIdClients: bind(configuration, 'OpenIdClients', openIdClientsSection),
    agents: bind(configuration, 'Agents', agentsSection),
  }
}

function required(configuration: Configuration, key: string): string {
  const value = configuration.text(key)
  if (value !== undefined && value.trim() !== '') return value
  throw new StartRefused('setting-missing', `The setting '${key}' is required and not in appsettings.json.`)
}

/** One of the vendor's examples has no scheme; the agent's, which must be the same, has https. */
function applicationUri(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const uri = URL.canParse(whole) ? new URL(whole) : undefined
  if (uri && (uri.protocol === 'https:' || uri.protocol === 'http:')) return uri
  throw new StartRefused(
    'setting-invalid',
    'System.UriFormatException: Invalid URI: The format of the URI could not be determined. (ApplicationUri)',
  )
}
