import type { RunningComponent } from '../../../harness/host/component.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { sqlServerActions } from '../actions.ts'
import { realHandlers } from './real-handlers.ts'
import { type ImageSettings, RealSqlServer } from './real-server.ts'
import { checkShown } from './shown-settings.ts'

/** Microsoft's image in this host's network, with the same control actions as the simulator has. */
export async function startRealSqlServer(
  host: ComponentHost,
  settings: ImageSettings,
): Promise<RunningComponent<typeof sqlServerActions>> {
  checkShown(host.name, settings)
  await using starting = new AsyncDisposableStack()
  const real = starting.use(new RealSqlServer(host, settings))
  await real.start()
  const realness = await real.realness()
  const owned = starting.move()
  return { realness, actions: realHandlers(real), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
