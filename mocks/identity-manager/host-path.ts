import { isAbsolute, relative } from 'node:path'
import type { ComponentHost } from '../../harness/host/component-host.ts'

/**
 * Where a path of the appsettings is in the host's file tree: `C:/Usercube/x` is `Usercube/x` below its root, a relative
 * path is below `folder` (the `Runtime` directory, from where the product runs), and one of this machine stays itself.
 */
export function pathOnHost(host: ComponentHost, path: string, folder = 'Usercube/Runtime'): string {
  const { files } = host
  if (isAbsolute(path) && !relative(files.root, path).startsWith('..')) return files.path(relative(files.root, path))
  const windows = path.replaceAll('\\', '/')
  const rooted = /^(?:[A-Za-z]:)?\/+(.*)$/.exec(windows)
  return rooted ? files.path(rooted[1] ?? '') : files.path(folder, windows)
}
