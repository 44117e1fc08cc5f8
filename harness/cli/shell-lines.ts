/** What another program needs to be a host: variables, commands to run first, and hints. */
export interface ProgramSettings {
  readonly variables?: Readonly<Record<string, string>>
  /** Words of a command that must run once, before. */
  readonly setup?: readonly (readonly string[])[]
  /** Words of the command, up to where its user's own arguments go. */
  readonly command?: readonly string[]
  readonly hints?: readonly string[]
}

const posixQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

const powerShellQuoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The settings as lines for the user's shell: POSIX, or PowerShell on Windows. Hints are comments. */
export function shellLines(settings: ProgramSettings, platform: NodeJS.Platform): string {
  const windows = platform === 'win32'
  const quoted = windows ? powerShellQuoted : posixQuoted
  const words = (command: readonly string[]) => `${windows ? '& ' : ''}${command.map(quoted).join(' ')}`
  const { variables = {}, setup = [], command, hints = [] } = settings
  const lines = [
    ...hints.map((hint) => `# ${hint}`),
    ...Object.entries(variables).map(([name, value]) =>
      windows ? `$env:${name} = ${quoted(value)}` : `export ${name}=${quoted(value)}`,
    ),
    ...setup.map(words),
    ...(command ? [functionLine(command, words(command), windows)] : []),
  ]
  return `${lines.join('\n')}\n`
}

const functionLine = (command: readonly string[], words: string, windows: boolean): string => {
  const program = command.find((word, index) => word !== 'env' && !(index > 0 && word.includes('='))) ?? 'program'
  return windows ? `function landscape-${program} { ${words} @args }` : `landscape_${program}() { ${words} "$@"; }`
}
