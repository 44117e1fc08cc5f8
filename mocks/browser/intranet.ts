/** Whether a site is of the intranet: a name without dots, or one in the domains that the administrator listed. */
export function isIntranet(host: string, domains: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (/^[\d.]+$|:/.test(name)) return false
  if (!name.includes('.')) return true
  return domains.some((domain) => name === domain.toLowerCase() || name.endsWith(`.${domain.toLowerCase()}`))
}
