import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from './error.ts'

const PREFIX = 'landscape-lab'

/** Where what outlives a run is kept (caches, run files): `LANDSCAPE_STATE`, else the platform's place. Mode 0700. */
export function stateFolder(): string {
  const folder = process.env.LANDSCAPE_STATE ?? join(platformState(), PREFIX)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

function platformState(): string {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local')
  return process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
}

/** A new folder for one run, mode 0700. Its name carries the process, so that a later run can sweep what a killed one left. */
export function makeRunFolder(): string {
  const folder = join(tmpdir(), `${PREFIX}.${process.pid}.${randomBytes(4).toString('hex')}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })

/**
 * Removes the folders of this user's runs whose process is gone. One that is known to be ending may be given: until its
 * parent has taken notice, the system still lists it.
 */
export function sweepRunFolders(ending?: number): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${RegExp.escape(PREFIX)}\\.(\\d+)\\.[0-9a-f]{8}$`).exec(name)?.[1])
    const folder = join(tmpdir(), name)
    if (pid > 0 && (pid === ending || !isAlive(pid)) && isOwn(folder)) removeFolder(folder)
  }
}

/** Others' folders in a shared place for temporary files are theirs to sweep. */
const isOwn = (folder: string): boolean =>
  process.getuid === undefined || lstatSync(folder, { throwIfNoEntry: false })?.uid === process.getuid()

/** Whether a process exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
