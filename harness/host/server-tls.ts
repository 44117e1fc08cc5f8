import type { SecureContextOptions, SecureVersion } from 'node:tls'
import { z } from 'zod'
import { messageOf } from '../context/error.ts'
import type { Issued } from '../pki/issued.ts'

export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[]

/** Before 1.2 a handshake is signed with SHA-1, which OpenSSL has below its level 1 only. */
const OLD: readonly string[] = ['TLSv1', 'TLSv1.1']
const ANY_STRENGTH = '@SECLEVEL=0'

/** What a server speaks of TLS: 1.2 and newer with OpenSSL's default suites, unless it is an old one, or a hardened one. */
export const serverTlsSetting = z
  .strictObject({
    version: z.enum(tlsVersions).optional().describe('The only version of TLS that the server speaks.'),
    ciphers: z
      .string()
      .max(500)
      // It also stands in configurations of real programs.
      .regex(/^[\w:+!@=-]+$/)
      .optional()
      .describe(
        'The only cipher suites that the server takes, in OpenSSL’s notation: AES128-SHA, ECDHE+AESGCM, …; with them it speaks TLS 1.2 unless told an older one.',
      ),
  })
  .refine(
    ({ version, ciphers }) => version !== 'TLSv1.3' || ciphers === undefined,
    'ciphers are those of TLS 1.2 and older',
  )
  .superRefine((tls, context) => {
    if (tls.version === undefined && tls.ciphers === undefined) return
    try {
      process.getBuiltinModule('node:tls').createSecureContext(optionsOf(tls, undefined))
    } catch (error) {
      context.addIssue({ code: 'custom', message: `OpenSSL cannot speak that: ${messageOf(error)}` })
    }
  })
  .prefault({})

export type ServerTls = z.output<typeof serverTlsSetting>

/** A certificate with what its server speaks. */
export function speaking(tls: ServerTls, issued: Issued): Issued {
  const { minVersion, ciphers } = optionsOf(tls, issued.serverCiphers)
  return {
    ...issued,
    ...(minVersion === undefined ? {} : { serverVersion: minVersion }),
    ...(ciphers === undefined ? {} : { serverCiphers: ciphers }),
  }
}

/** What a TLS server is made with: key, chain, and what it speaks. */
export const secureOptionsOf = ({ key, chain, serverCiphers, serverVersion }: Issued): SecureContextOptions => ({
  ...{ key, cert: chain, minVersion: serverVersion ?? 'TLSv1.2' },
  ...(serverVersion === undefined ? {} : { maxVersion: serverVersion }),
  ...(serverCiphers === undefined ? {} : { ciphers: serverCiphers }),
})

function optionsOf(tls: ServerTls, wanted: string | undefined): SecureContextOptions {
  const { ciphers } = tls
  // TLS 1.3 has suites of its own, which would be taken all the same.
  const version = tls.version ?? (ciphers === undefined ? undefined : 'TLSv1.2')
  const weak = wanted?.includes(ANY_STRENGTH) || OLD.includes(version ?? '')
  const suites =
    ciphers === undefined || !weak || ciphers.includes('@SECLEVEL') ? ciphers : `${ciphers}:${ANY_STRENGTH}`
  const spoken = suites ?? wanted ?? (weak ? `DEFAULT${ANY_STRENGTH}` : undefined)
  return {
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
    ...(spoken === undefined ? {} : { ciphers: spoken }),
  }
}
