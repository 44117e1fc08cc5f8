import { HarnessError } from '../../../harness/context/error.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import type { appServerActions } from './actions.ts'
import type { AppServerStart } from './references.ts'

export async function startAppServer({ host }: AppServerStart): Promise<RunningComponent<typeof appServerActions>> {
  throw new HarnessError('start-failed', `${host.name}: this component cannot start yet`)
}
