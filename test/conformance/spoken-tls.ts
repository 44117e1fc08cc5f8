import type { ServerTls } from '../../harness/host/server-tls.ts'

/** Old servers, hardened ones, and such as take suites that clients do not offer any more. */
export const spokenTls: readonly ServerTls[] = [
  { version: 'TLSv1' },
  { version: 'TLSv1.1' },
  { version: 'TLSv1.2' },
  { version: 'TLSv1.3' },
  { ciphers: 'ECDHE+AESGCM' },
  { ciphers: 'AES128-SHA' },
  { ciphers: 'CAMELLIA128-SHA' },
  { ciphers: 'NULL-SHA256:@SECLEVEL=0' },
]

/** SQL Server has no TLS 1.3 in TDS 7. */
export const spokenBySqlServer = (tls: ServerTls): ServerTls =>
  tls.version === 'TLSv1.3' ? { version: 'TLSv1.2' } : tls
