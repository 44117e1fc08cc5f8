/** What of an installation decides how users reach it. */
export interface ServerAddress {
  readonly httpsPort: number
  readonly hostNames: readonly string[]
}

/** Scheme, name and port as users type them, without a path: `ApplicationUri`. */
export function originOf({ httpsPort, hostNames }: ServerAddress, fqdn: string): string {
  return `https://${hostNames[0] ?? fqdn}${httpsPort === 443 ? '' : `:${httpsPort}`}`
}
