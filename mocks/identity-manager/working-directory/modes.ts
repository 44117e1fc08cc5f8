import type { Access, PermissionRow } from './permission-matrix.ts'

/** New files in a folder belong to the folder's group. */
export const SET_GROUP = 0o2000
const STICKY = 0o1000
const OWNER = 0o700

/** What somebody in a folder's group may do with it, as bits of its mode. */
export interface FolderModes {
  readonly folder: number
  readonly file: number
  /** An executable in it. */
  readonly program: number
}

/**
 * The modes that carry permissions out for the service account, which is the folder's group; the administrator owns all.
 * New files belong to the folder's group. Write without Delete is the sticky bit: only a file's own maker may delete it.
 * `passed` is a folder on the way to one that may be entered, as Windows' "Bypass traverse checking" has it.
 */
export function modesOf(allowed: readonly Access[], passed: boolean): FolderModes {
  const may = (access: Access): boolean => allowed.includes(access)
  const moves = may('delete') || may('rename')
  const changes = may('create') || moves
  const folder =
    SET_GROUP |
    OWNER |
    (may('list') ? 0o040 : 0) |
    (changes ? 0o020 : 0) |
    (passed || allowed.length > 0 ? 0o010 : 0) |
    (changes && !moves ? STICKY : 0)
  const file = 0o600 | (may('read') ? 0o040 : 0) | (may('write') ? 0o020 : 0)
  return { folder, file: file | (may('execute') ? 0o110 : 0), program: file | 0o100 | (may('execute') ? 0o010 : 0) }
}

/** What each folder's row allows; the row of its files where a place is one of another account's. */
export function allowedIn(matrix: readonly PermissionRow[], path: string): readonly Access[] {
  const row = matrix.find(({ places }) => places.some((place) => place.path === path && !place.filesOf))
  return row?.allowed ?? []
}

/** Whether some folder below may be entered. */
export const isPassed = (matrix: readonly PermissionRow[], path: string): boolean =>
  matrix.some(
    ({ places, allowed }) =>
      allowed.length > 0 && places.some((place) => path === '' || place.path.startsWith(`${path}/`)),
  )
