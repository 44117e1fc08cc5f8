import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withDeadline } from '../../../context/deadline.ts'
import type { ExportedCertificates } from '../../../host/host-place.ts'

const STANDS_MS = 300_000

/** What the hosts of a landscape without a harness show one another, as files of a folder that all of them have. */
export interface Exchange {
  /** Certificates, never keys, as an administrator carries them from host to host. */
  readonly certificates: ExportedCertificates
  /** A component of this host stands, or has gone. */
  show(key: string): void
  hide(key: string): void
  /** Waits until a component stands. Fails with `deadline-exceeded`, naming it. */
  stands(key: string, signal: AbortSignal): Promise<void>
}

export function openExchange(folder: string): Exchange {
  const [certificates, standing] = [join(folder, 'certificates'), join(folder, 'standing')]
  for (const place of [certificates, standing]) mkdirSync(place, { recursive: true, mode: 0o700 })
  const certificateFile = (host: string, name: string) => join(certificates, encodeURIComponent(`${host}/${name}`))
  const mark = (key: string) => join(standing, encodeURIComponent(key))
  return {
    certificates: {
      put: (host, name, pem) => writeWhole(certificateFile(host, name), pem),
      get(host, name) {
        const file = certificateFile(host, name)
        return existsSync(file) ? readFileSync(file, 'utf8') : undefined
      },
    },
    show: (key) => writeWhole(mark(key), ''),
    hide: (key) => rmSync(mark(key), { force: true }),
    stands: (key, signal) =>
      withDeadline({ what: `${key} to stand`, timeoutMs: STANDS_MS, signal }, (ended) =>
        exists(mark(key), standing, ended),
      ),
  }
}

/** Nobody reads half of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function exists(file: string, folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, () => look())
    const end = () => watcher.close()
    const look = () => {
      if (!existsSync(file)) return
      end()
      resolve()
    }
    watcher.once('error', (error) => {
      end()
      reject(error)
    })
    signal.addEventListener('abort', end, { once: true })
    // It may have come before anybody watched.
    look()
  })
}
