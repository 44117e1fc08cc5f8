/** What SET changes in a procedure, a trigger or dynamic SQL holds until that ends. */
import type { Settings } from '../session/settings.ts'
import type { Execution } from './execution.ts'

export interface SettingsBefore {
  readonly settings: Settings
  readonly identityInsert: readonly number[]
}

/** Called before each SET: the first one below a batch remembers how things were. */
export function rememberSettings({ session: { settings, identityInsert }, frame }: Execution): void {
  if (frame.depth === 0) return
  frame.before ??= {
    settings: { ...settings, switches: new Set(settings.switches) },
    identityInsert: [...identityInsert],
  }
}

export function restoreSettings({ session: { settings, identityInsert }, frame }: Execution): void {
  const { before } = frame
  if (!before) return
  frame.before = undefined
  const { switches, ...values } = before.settings
  Object.assign(settings, values)
  refill(settings.switches, switches)
  refill(identityInsert, before.identityInsert)
}

function refill<T>(set: Set<T>, values: Iterable<T>): void {
  set.clear()
  for (const value of values) set.add(value)
}
