import { X509Certificate } from 'node:crypto'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { speaking } from '../../../harness/host/server-tls.ts'
import type { Issued } from '../../../harness/pki/index.ts'
import type { AppServerSettings } from './settings.ts'

/** The connection certificate’s name in the documentation. */
export const CERTIFICATE_NAME = 'PSR8Server'

const STORE = 'LocalMachine\\My'

// Until year 9999 (facts, section 5.1).
const NO_EXPIRY = new Date('9999-12-31T23:59:59Z')

/**
 * The certificate of 11011, 11016 and 11018: `PSR8Server`, signed with its own key, its addresses written as DNS names
 * as the product does it, or a leaf of the customer’s own CA. It is in the machine store and handed to the administrator.
 */
export async function connectionCertificate(host: ComponentHost, settings: AppServerSettings): Promise<Issued> {
  const { certificate, certificateKey: key, certificateDefect: defect } = settings
  const issued =
    certificate === 'landscape-ca' || defect
      ? await host.certificates.issue({ key, ...(defect ? { defect } : {}) })
      : (installed(host) ??
        (await host.certificates.selfSigned({
          commonName: CERTIFICATE_NAME,
          notAfter: NO_EXPIRY,
          key,
          ipAddressesAsDnsNames: true,
        })))
  host.certificates.stores.put(STORE, {
    name: CERTIFICATE_NAME,
    cert: issued.cert,
    key: issued.key,
    chain: issued.chain,
  })
  host.certificates.export(CERTIFICATE_NAME, issued.cert)
  return speaking(settings.tls, issued)
}

/** The one that was made before: a server that is started again keeps it, and clients go on trusting it. */
function installed(host: ComponentHost): Issued | undefined {
  const found = host.certificates.stores.findBySubject(STORE, `CN=${CERTIFICATE_NAME}`)
  return found?.key === undefined ? undefined : { key: found.key, cert: found.cert, chain: found.chain ?? found.cert }
}

export function certificateState(pem: string) {
  const { subject, subjectAltName, fingerprint, validTo } = new X509Certificate(pem)
  return {
    subject: subject.replaceAll('\n', ', '),
    subjectAltName: subjectAltName ?? '',
    thumbprint: fingerprint.replaceAll(':', ''),
    validTo: new Date(validTo).toISOString(),
  }
}
