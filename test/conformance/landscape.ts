import type { LandscapeSpec } from '../../harness/landscape/index.ts'
import { PATIENCE_MS } from './reports.ts'

/** Password Secure with a name server, revocation lists, a site that can be cut off, and a certificate that every browser knows. */
export const conformanceLandscape: LandscapeSpec = {
  landscape: 'conformance',
  patienceMs: PATIENCE_MS,
  sites: { office: {}, servers: {}, data: {} },
  hosts: {
    pki1: { site: 'data', runs: { 'crl-distribution-point': {} } },
    dns1: { site: 'office', runs: { 'dns-server': {} } },
    sql1: { site: 'data', runs: { 'sql-server': {} } },
    mail1: { site: 'data', runs: { 'smtp-server': {} } },
    license1: {
      ...{ site: 'data', aliases: ['license.passwordsafe.de'] },
      runs: { 'password-secure/license-server': {} },
    },
    app1: { site: 'servers', runs: { 'password-secure/app-server': { mail: 'mail1' } } },
    web1: { site: 'servers', runs: { 'web-server': { kind: 'nginx', certificate: { authority: 'public' } } } },
    client1: { site: 'office', runs: { 'password-secure/client': {} } },
  },
}
