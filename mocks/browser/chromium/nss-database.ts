import { X509Certificate } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** Where Chromium on Linux looks for its user's certificates (crypto/nss_util.cc), below HOME. */
const FOLDER = ['.pki', 'nssdb'] as const

/**
 * Writes the roots that a host trusts into an NSS database of the browser's own home. Together with the roots that
 * Chromium brings these are all that it believes.
 */
export async function writeNssDatabase(
  certutil: string,
  home: string,
  roots: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const folder = join(home, ...FOLDER)
  // certutil asks for the old password where there is a database already.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const database = ['-d', `sql:${folder}`]
  await runProgram(certutil, [...database, '-N', '--empty-password'], signal)
  for (const [index, pem] of roots.entries()) {
    const file = join(home, `root-${index + 1}.pem`)
    await writeFile(file, pem, { mode: 0o600 })
    // C: an authority for servers; P: believed as it stands, for a server's own certificate.
    const trust = new X509Certificate(pem).ca ? 'C,,' : 'P,,'
    await runProgram(certutil, [...database, '-A', '-t', trust, '-n', `root-${index + 1}`, '-i', file], signal)
  }
}
