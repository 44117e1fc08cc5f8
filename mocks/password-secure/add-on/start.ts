import { HarnessError } from '../../../harness/context/error.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import type { AddOnStart, addOnActions } from './settings.ts'

export async function startAddOn({ host }: AddOnStart): Promise<RunningComponent<typeof addOnActions>> {
  throw new HarnessError('start-failed', `${host.name}: this component cannot start yet`)
}
