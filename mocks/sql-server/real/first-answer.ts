import { setTimeout as pause } from 'node:timers/promises'
import { withDeadline } from '../../../harness/context/deadline.ts'
import { messageOf } from '../../../harness/context/error.ts'
import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { Administrator } from './administrator.ts'

/** Of the first start of Microsoft's image, which writes its system databases, on a slow machine. */
const READY_MS = 240_000
const ASK_AGAIN_MS = 500

/** Its own databases and the landscape's, while it reads their logs. */
const RECOVERING = "SELECT name FROM sys.databases WHERE state_desc = N'RECOVERING'"

/**
 * Asks a server that nobody has seen start until sa gets in and no database is recovering any more. True where sa still has the
 * first password: what the landscape names has not been made, or not all of it. Fails with `deadline-exceeded`.
 */
export function waitForAdministrator(
  host: ComponentHost,
  administrator: Administrator,
  { first, saPassword }: { readonly first: string; readonly saPassword: string },
): Promise<boolean> {
  let seen = 'nothing'
  const ready = async (password: string): Promise<boolean> => {
    administrator.takePassword(password)
    try {
      const recovering = await administrator.run(RECOVERING)
      if (recovering.length === 0) return true
      seen = `recovering: ${recovering.map(({ name }) => name).join(', ')}`
    } catch (error) {
      seen = messageOf(error)
    }
    return false
  }
  const what = `the SQL Server beside ${host.name} to take sa`
  return withDeadline({ what, timeoutMs: READY_MS, signal: host.signal, lastSeen: () => seen }, async (signal) => {
    for (;;) {
      if (await ready(first)) return true
      if (await ready(saPassword)) return false
      await pause(ASK_AGAIN_MS, undefined, { signal })
    }
  })
}
