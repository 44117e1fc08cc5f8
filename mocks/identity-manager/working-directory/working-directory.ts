import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { AccountProcess } from './account-process.ts'
import type { Attempted } from './attempts.ts'
import { readFromMode } from './mode-reading.ts'
import { allowedIn, isPassed, modesOf, SET_GROUP } from './modes.ts'
import { type Access, layoutFolders, type PermissionRow, permissionMatrix, type RowName } from './permission-matrix.ts'
import { type PermissionEntry, type PermissionReport, violationsOf } from './permission-report.ts'
import { realUsers } from './service-identity.ts'
import { carriedOut, type WorkingDirectorySettings } from './settings.ts'
import { type Owners, Specimens, type Trial } from './specimens.ts'
import { hostPath } from './windows-path.ts'

export interface WorkingDirectoryWish {
  /** In the vendor's words, as a Windows path: `C:/Usercube`. */
  readonly folder: string
  /** The service account, `DOMAIN\name`. */
  readonly account: string
  /** What the administrator got wrong. */
  readonly permissions?: WorkingDirectorySettings
}

/** The working directory as real folders of this machine. */
export interface WorkingDirectory {
  readonly root: string
  readonly runtime: string
  readonly temp: string
  readonly work: string
  readonly collect: string
  readonly provisioningOrders: string
  readonly synchronization: string
  /** Tries every access of the matrix, or of some of its lines, as the service account where the platform can. */
  check(rows?: readonly RowName[]): Promise<PermissionReport>
}

const PROGRAMS = ['Usercube-Server.exe', 'Usercube-Agent.exe'] as const
/** The program that the service account is to run. */
const programIn = (path: string): string | undefined => (path === 'Runtime' ? 'Usercube-Agent.exe' : undefined)

/**
 * Makes the layout, or puts an existing one right: the administrator owns everything, and modes carry the matrix out for the
 * service account, a user and group of its own where this process is root. Repeatable.
 */
export async function layOutWorkingDirectory(
  host: ComponentHost,
  { folder, account, permissions = { grant: [], deny: [] } }: WorkingDirectoryWish,
): Promise<WorkingDirectory> {
  const root = hostPath(host, folder)
  const matrix = carriedOut(permissions)
  const users = realUsers(account)
  const another = realUsers(`${account}, another account`)
  let owners: Owners | undefined =
    users.identity && another.identity ? { service: users.identity, another: another.identity } : undefined
  let { reason } = users
  let running: Promise<AccountProcess> | undefined

  if (owners) {
    try {
      layOut(root, matrix, owners)
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'EPERM' && code !== 'EINVAL') throw error
      reason = `files cannot be given to another user here: ${messageOf(error)}`
      owners = undefined
    }
  }
  if (!owners) layOut(root, matrix, undefined)
  let canBeTried = owners !== undefined

  function accountProcess({ service }: Owners): Promise<AccountProcess> {
    running ??= AccountProcess.start(service, root, host.signal).then((process) => {
      host.background(`the process of ${account}`, () => process.ended)
      return process
    })
    return running
  }

  type Outcome = Attempted & Pick<PermissionEntry, 'how'>

  async function attempt(trials: readonly Trial[]): Promise<readonly Outcome[]> {
    const byMode = (trial: Trial): Outcome => ({ ...readFromMode(root, trial), how: 'read-from-mode' })
    const seen = await asAccount(trials)
    // Where no program at all can run (a file system mounted noexec), the mode must do.
    const anyRuns = canRunPrograms(root)
    return trials.map((trial, at) => {
      const outcome = seen[at]
      if (!outcome || (trial.access === 'execute' && !anyRuns)) return byMode(trial)
      return { ...outcome, how: 'tried-as-user' }
    })
  }

  /** Nothing where no process can be the account's. */
  async function asAccount(trials: readonly Trial[]): Promise<readonly Attempted[]> {
    if (!canBeTried || !owners) return []
    try {
      const child = await accountProcess(owners)
      return await child.try(trials.map(({ access, path }) => ({ access, path })))
    } catch (error) {
      if (host.signal.aborted) throw error
      canBeTried = false
      reason = messageOf(error)
      return []
    }
  }

  async function check(rows?: readonly RowName[]): Promise<PermissionReport> {
    if (process.platform === 'win32') {
      return { account, how: 'not-checked', reason: 'modes mean nothing on Windows', entries: [], violations: [] }
    }
    using specimens = new Specimens(root)
    const wanted = new Map(permissionMatrix.map(({ row, allowed }) => [row, allowed]))
    const chosen = matrix.filter(({ row }) => rows === undefined || rows.includes(row))
    const trials = chosen.flatMap((row) => specimens.of(row, owners, programIn))
    const outcomes = await attempt(trials)
    const entries = trials.flatMap(({ row, place: { path, filesOf }, access }, at) => {
      const outcome = outcomes[at]
      if (!outcome) return []
      const word = isWanted(wanted.get(row), access) ? ('allowed' as const) : ('denied' as const)
      return [{ row, path, ...(filesOf && { filesOf }), access, wanted: word, ...outcome }]
    })
    const how = canBeTried ? 'tried-as-user' : 'read-from-mode'
    return { account, how, reason, entries, violations: violationsOf(entries) }
  }

  const at = (path: string): string => join(root, path)
  return {
    root,
    runtime: at('Runtime'),
    temp: at('Temp'),
    work: at('Work'),
    collect: at('Work/Collect'),
    provisioningOrders: at('Work/ProvisioningOrders'),
    synchronization: at('Work/Synchronization'),
    check,
  }
}

const isWanted = (allowed: readonly Access[] | undefined, access: Access): boolean => allowed?.includes(access) ?? false

function layOut(root: string, matrix: readonly PermissionRow[], owners: Owners | undefined): void {
  for (const path of layoutFolders) {
    const folder = join(root, path)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const allowed = allowedIn(matrix, path)
    const modes = modesOf(allowed, isPassed(matrix, path))
    // Who may change permissions owns the folder: modes know no other way.
    own(folder, owners, modes.folder, allowed.includes('change-permissions'))
    if (path !== 'Runtime') continue
    for (const name of PROGRAMS) {
      const program = join(folder, name)
      if (!existsSync(program))
        writeFileSync(program, '#!/bin/sh\n# Stands for the vendor’s program.\n', { mode: 0o700 })
      own(program, owners, modes.program, false)
    }
  }
}

function own(path: string, owners: Owners | undefined, mode: number, byAccount: boolean): void {
  if (owners) chownSync(path, byAccount ? owners.service.uid : 0, owners.service.gid)
  // Without the account's group there is none to hand on, and some systems refuse the bit to who is not in a folder's group.
  chmodSync(path, owners ? mode : mode & ~SET_GROUP)
}

function canRunPrograms(root: string): boolean {
  try {
    accessSync(join(root, 'Runtime', 'Usercube-Agent.exe'), constants.X_OK)
    return true
  } catch (error) {
    // Where the program is gone, trying tells so.
    return codeOf(error) !== 'EACCES'
  }
}
