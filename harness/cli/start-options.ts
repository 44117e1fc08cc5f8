import type { StartOptions } from '../start-landscape.ts'
import { type Command, InvalidArgumentError } from './commander.ts'

/** Options of every verb that starts a landscape, as the parser gives them. */
export interface StartFlags {
  readonly engine?: string
  readonly set?: readonly string[]
  readonly with?: readonly string[]
  readonly seed?: number
  readonly patience?: number
  readonly keylog?: string
}

export const DEFAULT_LANDSCAPE = 'full'

export const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** A parser's check for whole numbers within limits. */
export const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
}

export function landscapeArgument(command: Command): Command {
  return command.argument('[landscape]', 'built-in name or path of a landscape file', DEFAULT_LANDSCAPE)
}

/** `--with` and `--set`: wherever a landscape is read. */
export function changeOptions(command: Command): Command {
  return command
    .option('--with <fault>', 'add a fault: drop:from=client1,to=app1,port=11018 (repeatable)', repeated)
    .option('--set <setting>', 'change a setting: host.component.key=value (repeatable)', repeated)
}

export function startOptions(command: Command): Command {
  return changeOptions(command)
    .option(
      '--engine <name>',
      'what brings it to life: embedded (the default) or docker; LANDSCAPE_ENGINE says it for all',
    )
    .option('--seed <number>', 'replay the choices of an earlier run', wholeNumber(0, 2 ** 32 - 1))
    .option(
      '--patience <ms>',
      'how long clients wait before their own time-out, in milliseconds',
      wholeNumber(1, 600_000),
    )
    .option('--keylog <file>', 'write TLS keys for Wireshark (NSS key log format)')
}

/** The engine that a verb will use. */
export const engineOf = ({ engine }: Pick<StartFlags, 'engine'>): string =>
  engine ?? process.env.LANDSCAPE_ENGINE ?? 'embedded'

/** The library's options for the parser's. */
export function startOptionsOf(flags: StartFlags): StartOptions {
  return {
    ...(flags.engine === undefined ? {} : { engine: flags.engine }),
    ...(flags.with === undefined ? {} : { with: flags.with }),
    ...(flags.set === undefined ? {} : { set: flags.set }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.patience === undefined ? {} : { patienceMs: flags.patience }),
    ...(flags.keylog === undefined ? {} : { keylog: flags.keylog }),
  }
}
