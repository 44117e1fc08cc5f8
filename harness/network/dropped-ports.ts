import { HarnessError } from '../context/error.ts'
import { DropKeeper } from './drop-keeper.ts'
import { type Endpoint, endpointText } from './endpoint.ts'

/** One thread for the whole process, while anything is dropped. */
let shared: { readonly keeper: DropKeeper; users: number } | undefined

/**
 * Makes the kernel ignore connections to `endpoints` (Linux: a full backlog that nobody accepts). Resolves when every
 * queue is full; disposing frees the ports. Without endpoints it only makes the thread ready. Fails with `platform-unsupported` elsewhere, and as `listenAt` does.
 */
export async function dropPorts(endpoints: readonly Endpoint[], signal?: AbortSignal): Promise<AsyncDisposable> {
  checkDropSupport(endpoints)
  signal?.throwIfAborted()
  await using stack = new AsyncDisposableStack()
  const keeper = stack.use(borrowKeeper()).keeper
  const id = await keeper.hold(endpoints)
  stack.defer(() => keeper.release(id))
  signal?.throwIfAborted()
  return stack.move()
}

/** Throws where this system answers instead of ignoring. */
export function checkDropSupport(endpoints: readonly Endpoint[]): void {
  if (process.platform === 'linux') return
  const where = endpoints.slice(0, 3).map(endpointText).join(', ')
  const text = `dropped packets cannot be shown on ${process.platform} (${where}): it resets where Linux ignores. Run on Linux, or use the docker engine.`
  throw new HarnessError('platform-unsupported', text)
}

function borrowKeeper(): AsyncDisposable & { readonly keeper: DropKeeper } {
  shared ??= { keeper: new DropKeeper(), users: 0 }
  const borrowed = shared
  borrowed.users += 1
  return {
    keeper: borrowed.keeper,
    async [Symbol.asyncDispose]() {
      borrowed.users -= 1
      if (borrowed.users > 0) return
      if (shared === borrowed) shared = undefined
      await borrowed.keeper[Symbol.asyncDispose]()
    },
  }
}
