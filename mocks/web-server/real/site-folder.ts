import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { Issued } from '../../../harness/pki/index.ts'
import { documents } from '../static-site.ts'
import { uidOf } from './open-connections.ts'
import type { SiteFiles } from './site-plan.ts'

/** Debian's account for both programs. */
const ACCOUNT = 'www-data'

export interface SiteAccount {
  readonly name: string
  readonly uid: number
}

/** The account of the processes that speak with clients; undefined where nobody may change accounts. */
export function siteAccount(): SiteAccount | undefined {
  if (process.getuid?.() !== 0) return undefined
  const uid = uidOf(ACCOUNT, readFileSync('/etc/passwd', 'utf8'))
  return uid === undefined ? undefined : { name: ACCOUNT, uid }
}

/** The folders of a site, named as the documentation names them, and the Web Application in its document root. */
export function siteFolder({ files }: Pick<ComponentHost, 'files'>): SiteFiles {
  const root = files.path('web-server', 'site')
  const folder = (...parts: readonly string[]) => {
    const path = join(root, ...parts)
    mkdirSync(path, { recursive: true, mode: 0o755 })
    return path
  }
  const [html, certs, log, run] = [folder('www', 'html'), folder('certs'), folder('log'), folder('run')]
  // The account reads the Web Application, and nothing else.
  for (const passed of [files.root, join(root, '..'), root]) chmodSync(passed, 0o711)
  for (const closed of [certs, log]) chmodSync(closed, 0o700)
  for (const [name, text] of Object.entries(documents)) writeFileSync(join(html, name), text, { mode: 0o644 })
  return {
    root,
    configuration: join(root, 'site.conf'),
    documents: html,
    certificate: join(certs, 'Web Application.crt'),
    key: join(certs, 'Web Application.key'),
    trusted: join(certs, 'trusted.crt'),
    accessLog: join(log, 'access.log'),
    errorLog: join(log, 'error.log'),
    entryLog: join(log, 'entries.log'),
    run,
  }
}

export function writeCertificate(files: SiteFiles, { chain, key }: Issued, trusted: string): void {
  writeFileSync(files.certificate, chain, { mode: 0o644 })
  // A mode holds for new files alone.
  rmSync(files.key, { force: true })
  writeFileSync(files.key, key, { mode: 0o600 })
  writeFileSync(files.trusted, trusted, { mode: 0o644 })
}
