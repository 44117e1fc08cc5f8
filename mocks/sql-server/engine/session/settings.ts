/** SET options of a session and @@OPTIONS over them. */
export interface Settings {
  readonly switches: Set<string>
  isolation: number
  lockTimeoutMs: number
  textSize: number
  rowCount: number
  dateFirst: number
  dateFormat: string
  language: string
  deadlockPriority: number
  /** NOEXEC or PARSEONLY: statements are looked at and not run. */
  dry: boolean
}

const ansiDefaults = [
  'ANSI_NULLS',
  'ANSI_NULL_DFLT_ON',
  'ANSI_PADDING',
  'ANSI_WARNINGS',
  'QUOTED_IDENTIFIER',
  'CONCAT_NULL_YIELDS_NULL',
]

/** What a login starts with: ODBC clients have the ANSI defaults on. */
export const initialSettings = (odbc: boolean): Settings => ({
  switches: new Set(odbc ? ansiDefaults : ['CONCAT_NULL_YIELDS_NULL']),
  isolation: 2,
  lockTimeoutMs: -1,
  textSize: odbc ? 2_147_483_647 : 4096,
  rowCount: 0,
  dateFirst: 7,
  dateFormat: 'mdy',
  language: 'us_english',
  deadlockPriority: 0,
  dry: false,
})

const bits: readonly (readonly [string, number])[] = [
  ['IMPLICIT_TRANSACTIONS', 2],
  ['CURSOR_CLOSE_ON_COMMIT', 4],
  ['ANSI_WARNINGS', 8],
  ['ANSI_PADDING', 16],
  ['ANSI_NULLS', 32],
  ['ARITHABORT', 64],
  ['ARITHIGNORE', 128],
  ['QUOTED_IDENTIFIER', 256],
  ['NOCOUNT', 512],
  ['ANSI_NULL_DFLT_ON', 1024],
  ['ANSI_NULL_DFLT_OFF', 2048],
  ['CONCAT_NULL_YIELDS_NULL', 4096],
  ['NUMERIC_ROUNDABORT', 8192],
  ['XACT_ABORT', 16_384],
]

/** Settings that change how a statement is bound: a plan holds for those alone that it was made under. */
export const bindingBits = (settings: Settings): number =>
  (settings.switches.has('ANSI_NULLS') ? 32 : 0) | (settings.switches.has('CONCAT_NULL_YIELDS_NULL') ? 4096 : 0)

export const optionBits = (settings: Settings): number =>
  bits.reduce((so, [name, bit]) => (settings.switches.has(name) ? so | bit : so), 0)

export function setSwitch(settings: Settings, name: string, on: boolean): void {
  const names = name === 'ANSI_DEFAULTS' ? ansiDefaults : [name]
  for (const each of names) {
    if (on) settings.switches.add(each)
    else settings.switches.delete(each)
  }
  // The two exclude each other.
  if (on && name === 'ANSI_NULL_DFLT_ON') settings.switches.delete('ANSI_NULL_DFLT_OFF')
  if (on && name === 'ANSI_NULL_DFLT_OFF') settings.switches.delete('ANSI_NULL_DFLT_ON')
  settings.dry = ['NOEXEC', 'PARSEONLY'].some((each) => settings.switches.has(each))
}
