import { posix } from 'node:path'
import { AgentStepFailed } from '../failure.ts'

/**
 * A source's path when it lies below one of `SourcesRootPaths`. They are compared with regard to case, as the vendor says,
 * and after `..` is taken out, so that none leads out of them.
 */
export function allowedSource(path: string, roots: readonly string[]): string {
  const wanted = normal(path)
  const allowed = roots.map(normal).some((root) => wanted === root || wanted.startsWith(`${root.replace(/\/$/, '')}/`))
  if (allowed) return wanted
  throw new AgentStepFailed('source', 'path-not-allowed', `${path} is not below one of SourcesRootPaths.`)
}

const normal = (path: string): string => posix.normalize(path.replaceAll('\\', '/'))
