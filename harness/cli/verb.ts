import type { Command } from './commander.ts'
import type { Output } from './output.ts'

/** What a verb works with. */
export interface Cli {
  readonly output: Output
  /** Fires at Ctrl-C and SIGTERM; from the first look at it, they no longer end the process by themselves. */
  readonly interrupted: AbortSignal
  /** What this process does before it becomes another program: at its exit, which never comes then, it would be done too. */
  beforeReplaced(): void
  /** Set by verbs whose outcome is not simply "all well". */
  exitCode: number
}

/** One verb: adds its arguments, options, help and action to the command. */
export interface VerbModule {
  define(command: Command, cli: Cli): void
}

/** Examples at the end of a help text. */
export function examples(command: Command, lines: readonly (readonly [command: string, what: string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length))
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map(([line, what]) => `  $ ${line.padEnd(width)}   ${what}`.trimEnd()).join('\n')}`,
  )
}

/** A document on standard output, for `--json`. */
export const printJson = (output: Output, document: unknown): void =>
  output.write(`${JSON.stringify(document, undefined, 2)}\n`)
