import { flushCompileCache } from 'node:module'
import { HarnessError } from '../context/error.ts'
import { enterNamespace, inNamespace, namespaceSupport } from '../engines/embedded/namespace.ts'

/** Goes on in a network namespace of its own where the system allows it, there with these flags of Node's; gives the reason where it does not. */
export async function enterIfPossible(nodeFlags: readonly string[] = []): Promise<string | undefined> {
  if (inNamespace()) return undefined
  const support = await namespaceSupport()
  if (!support.available) return support.reason
  // The process is replaced: what it has compiled so far would be lost to the cache.
  flushCompileCache()
  enterNamespace([...nodeFlags, ...process.argv.slice(1)])
  return undefined
}

/** The same, where the user has asked for it. */
export async function enterOrFail(): Promise<void> {
  const reason = await enterIfPossible()
  if (reason === undefined) return
  throw new HarnessError('platform-unsupported', `--isolated is not possible here: ${reason}. Leave it out.`)
}
