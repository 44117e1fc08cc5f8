import { win32 } from 'node:path'
import type { ComponentHost } from '../../../harness/host/component-host.ts'

/**
 * Where a path of a Windows host stands in that host's file tree on this machine: `C:/Usercube/Runtime` is
 * `ROOT/C/Usercube/Runtime`, a share `//files/orders` is `ROOT/UNC/files/orders`. A relative path counts from `from`.
 */
export function hostPath({ files }: Pick<ComponentHost, 'files'>, path: string, from = 'C:/Usercube/Runtime'): string {
  if (path.includes('\0')) throw new RangeError('a path holds no NUL')
  const { root, dir, base } = win32.parse(win32.resolve(win32.resolve('C:\\', from), path))
  const drive = /^[A-Za-z]:/.test(root) ? [root.slice(0, 1).toUpperCase()] : ['UNC', ...named(root)]
  return files.path(...drive, ...named(dir.slice(root.length)), ...named(base))
}

const named = (path: string): readonly string[] => path.split(/[\\/]+/).filter((part) => part !== '')
