import { eventStream } from '../context/events.ts'
import { makeRunFolder, removeFolder } from '../context/run-folder.ts'
import { checkRunName } from '../host/run-file.ts'
import { jsonLinesReporter } from '../report/json.ts'
import { liveReporter } from '../report/live.ts'
import { attachReporters } from '../report/reporter.ts'
import type { Command } from './commander.ts'
import { enterOrFail } from './namespace-entry.ts'
import { openRunDoor } from './run-door.ts'
import { freeRunName } from './run-name.ts'
import { landscapeArgument, type StartFlags, startOptions, startOptionsOf } from './start-options.ts'
import { announceUp } from './up-announcement.ts'
import { Upkeep } from './upkeep.ts'
import { type Cli, examples } from './verb.ts'
import { checkWatchable, watchLandscape } from './watch-landscape.ts'

interface UpFlags extends StartFlags {
  readonly name?: string
  readonly watch?: boolean
  readonly isolated?: boolean
  readonly json?: boolean
}

export function define(command: Command, cli: Cli): void {
  startOptions(landscapeArgument(command))
    .option('--name <name>', "name the run (the landscape's name unless told)")
    .option('--watch', 'reload the landscape file when it is saved')
    .option('--isolated', 'in a network of its own (Linux): documented ports free, only "exec" reaches it')
    .option('--json', 'print what happens as lines of JSON')
    .action((landscape: string, flags: UpFlags) => up(cli, landscape, flags))
  examples(command, [
    ['landscape up', 'Password Secure, until Ctrl-C'],
    ['landscape up customer.yaml --watch', 'edit the file, save, look again'],
    ['landscape up --with drop:from=client1,to=app1,port=11018', 'already broken'],
    ['landscape up load-balanced --name second', 'a second one beside it'],
    ['landscape up --keylog keys.txt', 'let Wireshark read the TLS'],
  ])
  command.addHelpText('after', '\nFrom another terminal: landscape ps, probe, exec, env, inject, clear, down.')
}

async function up(cli: Cli, source: string, flags: UpFlags): Promise<void> {
  if (flags.name !== undefined) checkRunName(flags.name)
  if (flags.watch) checkWatchable(source)
  if (flags.isolated) await enterOrFail()
  const interrupted = cli.interrupted
  const asked = new AbortController()
  const signal = AbortSignal.any([interrupted, asked.signal])
  const { standard } = await import('../standard.ts')
  const options = startOptionsOf(flags)
  const name = freeRunName(flags.name, (await standard.loadLandscape(source, options)).name)
  const events = eventStream()
  await using owned = new AsyncDisposableStack()
  if (flags.json) {
    const lines = attachReporters(events, [jsonLinesReporter(cli.output.write)])
    owned.defer(async () => void (await lines.finish()))
  }
  const folder = makeRunFolder()
  owned.defer(() => removeFolder(folder))
  const start = () => standard.startLandscape(source, { ...options, live: true, name, events, signal })
  const upkeep = owned.use(await Upkeep.start(start))
  const door = await openRunDoor({
    name,
    folder,
    events,
    upkeep,
    isolated: flags.isolated ?? false,
    onDown: () => asked.abort(),
  })
  owned.use(door)
  const announce = () =>
    announceUp(cli, { upkeep, scope: door.scope, json: flags.json ?? false, isolated: flags.isolated ?? false })
  // Watched before it is told that it is up: a save right after that must not be missed.
  if (flags.watch) {
    const check = () => standard.loadLandscape(source, options)
    owned.use(watchLandscape(cli, { source, check, upkeep, announce }))
  }
  await announce()
  if (!flags.json) {
    const live = attachReporters(events, [liveReporter(cli.output)])
    owned.defer(async () => void (await live.finish()))
  }
  await fired(signal)
  await owned.disposeAsync()
  if (interrupted.aborted) cli.exitCode = 130
  else if (!flags.json) cli.output.write(`${name} has ended\n`)
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
