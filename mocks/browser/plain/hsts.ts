/** HTTP Strict Transport Security, RFC 6797: hosts that are never again asked without TLS. */
export interface HstsMemory {
  /** Takes a header that came over TLS without an error. */
  note(url: URL, header: string | undefined): void
  /** The address to use instead: https where the host is known. */
  upgraded(url: string): string
  clear(): void
}

interface Entry {
  readonly until: number
  readonly subdomains: boolean
}

const MAX_HOSTS = 1_000

export function hstsMemory(now: () => Date): HstsMemory {
  const hosts = new Map<string, Entry>()
  const known = (host: string): boolean => {
    const labels = host.split('.')
    return labels.some((_, index) => {
      const entry = hosts.get(labels.slice(index).join('.'))
      return entry !== undefined && entry.until > now().getTime() && (index === 0 || entry.subdomains)
    })
  }
  return {
    note(url, header) {
      const seconds = /(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:;|$)/i.exec(header ?? '')?.[1]
      // Section 8.1.1: not for addresses, and only what came over TLS.
      if (seconds === undefined || url.protocol !== 'https:' || /^[\d.]+$|:/.test(url.hostname)) return
      if (Number(seconds) === 0) hosts.delete(url.hostname)
      else if (hosts.size < MAX_HOSTS || hosts.has(url.hostname)) {
        const subdomains = /(?:^|;)\s*includeSubDomains\s*(?:;|$)/i.test(header ?? '')
        hosts.set(url.hostname, { until: now().getTime() + Number(seconds) * 1_000, subdomains })
      }
    },
    upgraded(written) {
      const url = new URL(written)
      if (url.protocol !== 'http:' || !known(url.hostname)) return written
      const port = url.port
      url.protocol = 'https:'
      // Section 8.3: port 80 becomes 443, any other stays.
      url.port = port
      return url.href
    },
    clear: () => hosts.clear(),
  }
}
