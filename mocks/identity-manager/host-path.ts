import { isAbsolute, relative } from 'node:path'
import type { ComponentHost } from '../../harness/host/component-host.ts'
import { hostPath } from './working-directory/windows-path.ts'

/**
 * Where a path of the appsettings is in the host's file tree: one of Windows by `hostPath`, a relative one below `folder` (the
 * `Runtime` directory, from where the product runs); one of this machine stays itself.
 */
export function pathOnHost(host: ComponentHost, path: string, folder = 'C:/Usercube/Runtime'): string {
  const { files } = host
  if (isAbsolute(path) && !relative(files.root, path).startsWith('..')) return files.path(relative(files.root, path))
  return hostPath(host, path, folder)
}
