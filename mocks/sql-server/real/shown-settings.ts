import { HarnessError } from '../../../harness/context/error.ts'
import { DEFAULT_INSTANCE } from '../instances.ts'
import type { SqlServerSettings } from '../settings.ts'

/** What the simulator shows and Microsoft's image on Linux cannot be made to: the setting as written, or nothing. */
const unshown: readonly ((settings: SqlServerSettings) => string | false)[] = [
  ({ instance }) => instance.toUpperCase() !== DEFAULT_INSTANCE && `instance: ${instance} (it is one default instance)`,
  ({ instances }) => Object.keys(instances).length > 0 && 'instances (it is one default instance)',
  ({ browser }) => browser === 'running' && 'browser: running (there is no SQL Server Browser on Linux)',
  ({ tcp }) => !tcp && 'tcp: false',
  ({ hidden }) => hidden && 'hidden: true',
  ({ encryption }) => encryption === 'unsupported' && 'encryption: unsupported',
  ({ authentication }) => authentication === 'windows' && 'authentication: windows (it is in no domain)',
  ({ windowsLogins }) => windowsLogins.length > 0 && 'windowsLogins (it is in no domain)',
  ({ certificateSource }) => certificateSource === 'missing' && 'certificateSource: missing',
  ({ state }) => state !== 'running' && `state: ${state}`,
  ({ refuseLogins }) => refuseLogins !== undefined && `refuseLogins: ${refuseLogins}`,
  ({ maxDatabaseMb }) => maxDatabaseMb !== undefined && 'maxDatabaseMb',
  ({ lockoutThreshold }) => lockoutThreshold > 0 && 'lockoutThreshold (it is in no domain)',
]

/** Throws `not-shown`, naming the settings that only the simulator has. */
export function checkShown(host: string, settings: SqlServerSettings): void {
  const found = unshown.map((test) => test(settings)).filter((text) => text !== false)
  if (found.length === 0) return
  const text = `sql-server on ${host} runs ${settings.image}, which cannot be made to have ${found.join(', ')}`
  throw new HarnessError('not-shown', `${text}; leave these out, or leave image out: the simulator has them`)
}
