import { HarnessError } from '../../../harness/context/error.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import type { clientActions } from './actions.ts'
import type { ClientStart } from './settings.ts'

export async function startClient({ host }: ClientStart): Promise<RunningComponent<typeof clientActions>> {
  throw new HarnessError('start-failed', `${host.name}: this component cannot start yet`)
}
