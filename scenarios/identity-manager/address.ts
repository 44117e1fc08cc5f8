import type { Role } from '../../harness/scenario/index.ts'

/** The name that users type: the host of ApplicationUri where the landscape gives one, as a SaaS installation has it. */
export function addressOf(server: Role<'identity-manager/server'>): string {
  const { appsettings } = server.settings
  const uri =
    typeof appsettings === 'object' && appsettings !== null && 'ApplicationUri' in appsettings
      ? appsettings.ApplicationUri
      : undefined
  return typeof uri === 'string' ? (URL.parse(uri)?.host ?? server.fqdn) : server.fqdn
}

/** Certified by an authority that every browser knows: the vendor's SaaS offering. */
export const saasServer = {
  kind: 'identity-manager/server',
  where: { certificate: { authority: 'public', key: 'ec' } },
} as const

/** Certified by the organisation's own PKI. */
export const onPremisesServer = {
  kind: 'identity-manager/server',
  where: { certificate: { authority: 'landscape', key: 'ec' } },
} as const
