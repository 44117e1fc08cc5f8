/** Where a verb writes. Results go to standard output; what is wrong, and what is going on, to standard error. */
export interface Output {
  write(text: string): void
  error(text: string): void
  /** Standard output may be coloured. */
  readonly colour: boolean
  /** Standard output is a terminal on which a line can be drawn over. */
  readonly live: boolean
  columns(): number
}

interface Environment {
  readonly [name: string]: string | undefined
}

/** https://no-color.org and FORCE_COLOR come first; else colours are for terminals. */
export function wantsColour(isTerminal: boolean, environment: Environment): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0'
  return isTerminal && environment.TERM !== 'dumb'
}

export function processOutput(): Output {
  const { stdout, stderr, env } = process
  // `landscape … | head` closes the pipe early: no more is wanted then, and nothing is wrong.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
  return {
    write: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    colour: wantsColour(stdout.isTTY === true, env),
    live: stdout.isTTY === true && !env.CI && env.TERM !== 'dumb',
    columns: () => stdout.columns ?? 80,
  }
}

/** Settles when everything written has left the process. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      if (!stream.writable) resolve()
      else stream.write('', () => resolve())
    })
  }
}
