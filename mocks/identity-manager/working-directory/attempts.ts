import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import type { Access } from './permission-matrix.ts'

/** One access to be tried: at a folder (`list`), at a file that is to be made (`create`), else at one that is there. */
export interface Attempt {
  readonly access: Access
  /** Relative to the working directory. */
  readonly path: string
}

/** How it ended; `code` is the system's (`EACCES`). */
export interface Attempted {
  readonly happened: 'allowed' | 'denied' | 'failed'
  readonly code?: string
}

/** Tries an access as whoever runs this process. */
export function tryAccess({ access, path }: Attempt): Attempted {
  try {
    act(access, path)
    return { happened: 'allowed' }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return { happened: code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed', code }
  }
}

function act(access: Access, path: string): void {
  switch (access) {
    case 'list':
      readdirSync(path)
      return
    case 'read':
      readFileSync(path)
      return
    case 'execute': {
      const ended = spawnSync(`./${path}`, { env: {}, stdio: 'ignore', timeout: 5_000 })
      if (ended.error) throw ended.error
      return
    }
    case 'create':
      writeFileSync(path, 'made by the check\n', { flag: 'wx' })
      return
    case 'write':
      closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND))
      return
    case 'delete':
      unlinkSync(path)
      return
    case 'rename':
      renameSync(path, `${path}.renamed`)
      return
    case 'change-permissions':
      chmodSync(path, 0o666)
      return
  }
}
