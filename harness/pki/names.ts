import { isIP, isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'
import { HarnessError } from '../context/error.ts'

/** The names that a certificate carries (RFC 5280 section 4.2.1.6). */
export interface CertificateNames {
  readonly commonName: string
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
}

// RFC 5280 appendix A: ub-common-name and ub-organization-name.
const MAX_NAME_LENGTH = 64

// RFC 9525 section 6.3 (RFC 6125 section 6.4.3): it stands for one label, and no part of one. Nobody certifies `*.com`.
const WILDCARD = /^\*\.[^.*]+\.[^*]+$/

/** The names in the form that goes on the wire: ASCII (RFC 5890), each once; an impossible one is an error. */
export function checkedNames(names: CertificateNames): CertificateNames {
  const dnsNames = names.dnsNames.map((name) => {
    const ascii = domainToASCII(name)
    // Not isIP: what it compiles to rule out IPv6 costs 4 ms the first time, and no colon comes this far.
    if (ascii === '' || isIPv4(ascii)) {
      throw new HarnessError('start-failed', `the certificate for ${names.commonName}: "${name}" is no DNS name`)
    }
    if (ascii.includes('*') && !WILDCARD.test(ascii)) {
      const wanted = 'a wildcard is the whole first label, above at least two others'
      throw new HarnessError('start-failed', `the certificate for ${names.commonName}: "${name}": ${wanted}`)
    }
    return ascii
  })
  for (const address of names.ipAddresses) {
    if (isIP(address) === 0) {
      throw new HarnessError('start-failed', `the certificate for ${names.commonName}: "${address}" is no IP address`)
    }
  }
  return {
    commonName: names.commonName.slice(0, MAX_NAME_LENGTH),
    dnsNames: [...new Set(dnsNames)],
    ipAddresses: [...new Set(names.ipAddresses)],
  }
}

/** A text that fits an X.520 name attribute with this ending. */
export const nameWithEnding = (text: string, ending: string): string =>
  `${text.slice(0, MAX_NAME_LENGTH - ending.length)}${ending}`

/** The names of the host that a certificate was really issued to, when it stands on the wrong one. */
export function otherHostsNames(names: CertificateNames): CertificateNames {
  const domain = names.dnsNames.find((name) => name.includes('.'))?.replace(/^[^.]*\./, '') ?? 'example'
  const other = `another-host.${domain}`
  return { commonName: other, dnsNames: [other], ipAddresses: [] }
}
