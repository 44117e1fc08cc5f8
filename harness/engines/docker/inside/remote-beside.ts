import type { HostPlace } from '../../../host/host-place.ts'
import type { Ask, HarnessVerbs } from '../link/protocol.ts'

/** Vendors' programs beside this host: the harness starts and ends them, who alone speaks with the engine. */
export const remoteBeside =
  (ask: Ask<HarnessVerbs>): NonNullable<HostPlace['startBeside']> =>
  async (spec, signal) => {
    const { id, fresh } = await ask('startBeside', spec, signal)
    let ended: Promise<unknown> | undefined
    const end = async (how: 'stop' | 'kill') => {
      ended ??= ask('endBeside', { id, how })
      await ended
    }
    return { fresh, kill: () => end('kill'), [Symbol.asyncDispose]: () => end('stop') }
  }
