import { type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Attempted } from './attempts.ts'
import type { Trial } from './specimens.ts'

const STICKY = 0o1000

/**
 * What a trial would come to for the group of the files, read from their modes: for platforms on which nobody else's
 * process can be had. The owner is somebody else.
 */
export function readFromMode(root: string, { access, path, place }: Trial): Attempted {
  const folder = statSync(join(root, place.path), { throwIfNoEntry: false })
  if (!folder) return { happened: 'failed', code: 'ENOENT' }
  const allowed = isReached(root, place.path) && isGranted(folder)
  return { happened: allowed ? 'allowed' : 'denied' }

  function isGranted(folder: Stats): boolean {
    switch (access) {
      case 'list':
        return groupMay(folder, 4)
      case 'read':
        return groupMay(statSync(join(root, path)), 4)
      case 'write':
        return groupMay(statSync(join(root, path)), 2)
      case 'execute':
        return groupMay(statSync(join(root, path)), 1)
      case 'create':
        return groupMay(folder, 2)
      case 'delete':
      case 'rename':
        return groupMay(folder, 2) && (folder.mode & STICKY) === 0
      case 'change-permissions':
        return false
    }
  }
}

const groupMay = ({ mode }: Stats, bit: 1 | 2 | 4): boolean => ((mode >> 3) & bit) !== 0

/** Whether every folder from the working directory down may be entered. */
function isReached(root: string, path: string): boolean {
  if (!groupMay(statSync(join(root, path)), 1)) return false
  return path === '' || isReached(root, path.includes('/') ? dirname(path) : '')
}
