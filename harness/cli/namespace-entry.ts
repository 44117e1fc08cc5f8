import { HarnessError } from '../context/error.ts'
import { enterNamespace, inNamespace, namespaceSupport } from '../engines/embedded/namespace.ts'
import type { Cli } from './verb.ts'

/** Goes on in a network namespace of its own where the system allows it, there with these flags of Node's; gives the reason where it does not. */
export async function enterIfPossible(cli: Cli, nodeFlags: readonly string[] = []): Promise<string | undefined> {
  if (inNamespace()) return undefined
  const support = await namespaceSupport()
  if (!support.available) return support.reason
  cli.beforeReplaced()
  enterNamespace([...nodeFlags, ...process.argv.slice(1)])
  return undefined
}

/** The same, where the user has asked for it. */
export async function enterOrFail(cli: Cli): Promise<void> {
  const reason = await enterIfPossible(cli)
  if (reason === undefined) return
  throw new HarnessError('platform-unsupported', `--isolated is not possible here: ${reason}. Leave it out.`)
}
