import { leafOf } from '../../harness/host/certificate-setting.ts'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import { speaking } from '../../harness/host/server-tls.ts'
import type { Issued } from '../../harness/pki/index.ts'
import type { InstanceSettings } from './settings.ts'

const fallbackYears = 30

/** What the instance shows its clients: a leaf of the landscape's authority, or what SQL Server makes for itself at each start. */
export async function instanceCertificate(host: ComponentHost, settings: InstanceSettings): Promise<Issued> {
  const { certificate, certificateSource } = settings
  const { key } = certificate
  if (certificateSource === 'landscape') {
    return speaking(settings.tls, await host.certificates.issue(leafOf(certificate)))
  }
  const notAfter = host.now()
  notAfter.setFullYear(notAfter.getFullYear() + fallbackYears)
  const own = await host.certificates.selfSigned({ commonName: 'SSL_Self_Signed_Fallback', notAfter, key })
  return speaking(settings.tls, own)
}

/** Windows' code for a certificate that is not in the store (CRYPT_E_NOT_FOUND). */
const notFound = '0x80092004'
const failed = 'Initialization failed with an infrastructure error. Check for previous errors. '
const noObject = 'Cannot find object or property.'

/** What the ERRORLOG says of the certificate at the start: one that cannot be loaded keeps the service from starting. */
export function startLines({ certificateSource }: InstanceSettings): readonly string[] {
  switch (certificateSource) {
    case 'landscape':
      return []
    case 'self-generated':
      return ['A self-generated certificate was successfully loaded for encryption.']
    case 'missing':
      return [
        'Error: 26014, Severity: 16, State: 1.',
        'Unable to load user-specified certificate [Cert Hash(sha1) "0000000000000000000000000000000000000000"]. The server will not accept a connection. You should verify that the certificate is correctly installed. See "Configuring Certificate for Use by SSL" in Books Online.',
        'Error: 17182, Severity: 16, State: 1.',
        `TDSSNIClient initialization failed with error ${notFound}, status code 0x80. Reason: Unable to initialize SSL support. ${noObject}`,
        'Error: 17182, Severity: 16, State: 1.',
        `TDSSNIClient initialization failed with error ${notFound}, status code 0x1. Reason: ${failed}${noObject}`,
        'Error: 17826, Severity: 18, State: 3.',
        'Could not start the network library because of an internal error in the network library. To determine the cause, review the errors immediately preceding this one in the error log.',
        'Error: 17120, Severity: 16, State: 1.',
        'SQL Server could not spawn FRunCommunicationsManager thread. Check the SQL Server error log and the operating system error log for information about possible related problems.',
      ]
  }
}
