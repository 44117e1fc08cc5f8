import { existsSync, readFileSync } from 'node:fs'
import { HarnessError, messageOf } from '../context/error.ts'
import { Command, CommanderError } from './commander.ts'
import { interrupts } from './interrupts.ts'
import { flushed, type Output, processOutput } from './output.ts'
import type { Cli } from './verb.ts'
import { verbs } from './verbs.ts'

/** Runs the command line as the whole process: exit code set, everything written before it ends. */
export async function runAsProgram(beforeReplaced: () => void): Promise<void> {
  const code = await main(process.argv.slice(2), processOutput(), beforeReplaced)
  await flushed()
  process.exit(code)
}

/** Runs one verb and gives its exit code: 0 all well, 1 a scenario failed, 2 usage, 3 not started, 130 interrupted. */
export async function main(argv: readonly string[], output: Output, beforeReplaced = () => {}): Promise<number> {
  let signal: AbortSignal | undefined
  const cli: Cli = {
    output,
    beforeReplaced,
    exitCode: 0,
    get interrupted() {
      signal ??= interrupts(() => output.error('\nstopping … (Ctrl-C again ends it at once)\n'))
      return signal
    },
  }
  const wantsJson = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes('--json')
  try {
    const program = await programFor(argv, cli)
    await program.parseAsync([...argv], { from: 'user' })
    return cli.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return report(error, output, wantsJson)
  }
}

/** The parser with all verbs named, and the one that is called loaded. */
async function programFor(argv: readonly string[], cli: Cli): Promise<Command> {
  const program = new Command('landscape')
    .description('Rebuilds an on-premises landscape on this machine, proves its connections, and breaks it on purpose.')
    .usage('VERB [arguments] [options]')
    .version(ownVersion(), '-v, --version', 'print the version')
    .helpCommand('help [verb]', 'explain a verb')
    .exitOverride()
    .showHelpAfterError('see "landscape --help"')
    .configureOutput({
      writeOut: (text) => cli.output.write(text),
      writeErr: (text) => cli.output.error(text),
      getOutHelpWidth: () => Math.min(120, cli.output.columns()),
      getErrHelpWidth: () => Math.min(120, cli.output.columns()),
    })
    .addHelpText('after', MAIN_HELP)
  const words = argv.filter((word) => !word.startsWith('-'))
  const called = words[0] === 'help' ? words[1] : words[0]
  for (const [name, verb] of verbs) {
    const command = program
      .command(name, { hidden: verb.hidden ?? false })
      .summary(verb.summary)
      .description(`${sentence(verb.summary)}.`)
      .showHelpAfterError(`see "landscape ${name} --help"`)
    if (name === called) (await verb.load()).define(command, cli)
  }
  return program
}

/** Two folders up in the repository, three in the built package. */
function ownVersion(): string {
  const places = ['../../package.json', '../../../package.json'].map((place) => new URL(place, import.meta.url))
  const found = places.find((place) => existsSync(place))
  const { version }: { readonly version?: unknown } = found ? JSON.parse(readFileSync(found, 'utf8')) : {}
  return typeof version === 'string' ? version : 'unknown'
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const MAIN_HELP = `
LANDSCAPE is a built-in name ("landscape list landscapes") or the path of a landscape file;
left out: full.

Examples:
  $ landscape verify                           prove the landscape of both products, flow by flow
  $ landscape up                               keep it up, to try things by hand
  $ landscape exec client1 -- curl https://web1.corp.example/
  $ landscape inject drop:from=client1,to=app1,port=11018

Every verb explains itself: landscape VERB --help.
Exit codes: 0 all well, 1 a scenario failed, 2 usage or a bad landscape file, 3 it did not start,
130 interrupted.`

function report(error: unknown, output: Output, wantsJson: boolean): number {
  if (error instanceof HarnessError) {
    if (wantsJson) output.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`)
    output.error(`${error.code === 'interrupted' ? '' : 'error: '}${error.message}\n`)
    return error.exitCode
  }
  const story = error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
  if (wantsJson) output.write(`${JSON.stringify({ error: { code: 'internal', message: messageOf(error) } })}\n`)
  output.error(`internal error, which should not happen; please report it:\n${story}\n`)
  return 3
}
