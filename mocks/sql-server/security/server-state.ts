/** Whom the service lets in, by what it is doing. */
import type { SqlInstance } from '../engine/instance.ts'
import type { Login } from './login.ts'
import { type LoginRefusal, namedRefusal, servicePaused } from './login-errors.ts'
import { isServerAdministrator } from './rights.ts'
import type { ServerState } from './server-states.ts'

/** Before anybody has said who he is. */
export function closedRefusal(state: ServerState): LoginRefusal | undefined {
  switch (state) {
    case 'paused':
      return servicePaused()
    case 'starting':
      return namedRefusal(17187, '', '')
    case 'shutting-down':
      return namedRefusal(17188, '', '')
    default:
      return undefined
  }
}

/** Once the name and password are right. */
export function stateRefusal(instance: SqlInstance, login: Login): LoginRefusal | undefined {
  const { state } = instance
  if (state === 'running') return undefined
  const isAdministrator = isServerAdministrator(instance, login)
  switch (state) {
    case 'script-upgrade':
      return isAdministrator ? undefined : namedRefusal(18401, login.name, '')
    case 'single-user':
      return isAdministrator && instance.sessions().length === 0 ? undefined : namedRefusal(18461, login.name, '')
    case 'administrators-only':
      return isAdministrator ? undefined : namedRefusal(18451, login.name, '')
    default:
      return undefined
  }
}
