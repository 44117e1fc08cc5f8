import './parse-at-once.ts'
import { HarnessError } from '../context/error.ts'
import { eventStream, type RunEvent } from '../context/events.ts'
import { newSeed } from '../context/random.ts'
import { makeRunFolder, removeFolder } from '../context/run-folder.ts'
import { checkRunName } from '../host/run-file.ts'
import { markStarting } from '../host/starting-mark.ts'
import { jsonLinesReporter } from '../report/json.ts'
import { liveReporter } from '../report/live.ts'
import { realLines, realnessWarnings } from '../report/realness-text.ts'
import { attachReporters } from '../report/reporter.ts'
import { startRefusal } from '../report/start-refusals.ts'
import { type Command, Option } from './commander.ts'
import { upDetached } from './detach.ts'
import { enterOrFail } from './namespace-entry.ts'
import type { UpState } from './reload-differences.ts'
import { openRunDoor } from './run-door.ts'
import { freeRunName } from './run-name.ts'
import { engineOf, landscapeArgument, type StartFlags, startOptions, startOptionsOf } from './start-options.ts'
import { announceUp } from './up-announcement.ts'
import { Upkeep } from './upkeep.ts'
import { type Cli, examples } from './verb.ts'
import { checkWatchable, watchLandscape } from './watch-landscape.ts'

interface UpFlags extends StartFlags {
  readonly name?: string
  readonly watch?: boolean
  readonly isolated?: boolean
  readonly json?: boolean
  readonly detach?: boolean
  readonly detachedLog?: string
}

export function define(command: Command, cli: Cli): void {
  startOptions(landscapeArgument(command))
    .option('--name <name>', "name the run (the landscape's name unless told)")
    .option('--watch', 'reload the landscape file when it is saved')
    .option('--isolated', 'in a network of its own (Linux): documented ports free, only "exec" reaches it')
    .option('-d, --detach', 'start it in the background, and return when it is up')
    .option('--json', 'print what happens as lines of JSON')
    .addOption(new Option('--detached-log <file>', 'where the output of a run in the background goes').hideHelp())
    .action((landscape: string, flags: UpFlags) => up(cli, landscape, flags))
  examples(command, [
    ['landscape up', 'both products, until Ctrl-C'],
    ['landscape up --detach', 'in the background; "down" ends it'],
    ['landscape up customer.yaml --watch', 'edit the file, save, look again'],
    ['landscape up --with drop:from=client1,to=app1,port=11018', 'already broken'],
    ['landscape up load-balanced --name second', 'a second one beside it'],
    ['landscape up --keylog keys.txt', 'let Wireshark read the TLS'],
  ])
  command.addHelpText('after', '\nFrom another terminal: landscape ps, probe, exec, env, inject, clear, down.')
}

async function up(cli: Cli, source: string, flags: UpFlags): Promise<void> {
  if (flags.name !== undefined) checkRunName(flags.name)
  if (flags.detach) {
    const args = detachedArguments(flags)
    return upDetached(cli, source, args)
  }
  if (flags.watch) checkWatchable(source)
  using mark = markStarting()
  if (flags.isolated && engineOf(flags) !== 'embedded') {
    throw new HarnessError('usage', '--isolated is for the embedded engine: containers have networks of their own')
  }
  if (flags.isolated) await enterOrFail(cli)
  const interrupted = cli.interrupted
  const asked = new AbortController()
  const signal = AbortSignal.any([interrupted, asked.signal])
  const { standard } = await import('../standard.ts')
  // A reload is the same run: it makes the same choices again.
  const options = { ...startOptionsOf(flags), seed: flags.seed ?? newSeed() }
  const landscape = (await standard.loadLandscape(source, options)).name
  const name = freeRunName(flags.name, landscape)
  const events = eventStream()
  await using owned = new AsyncDisposableStack()
  if (flags.json) {
    const lines = attachReporters(events, [jsonLinesReporter(cli.output.write)])
    owned.defer(async () => void (await lines.finish()))
  }
  const folder = makeRunFolder()
  owned.defer(() => removeFolder(folder))
  let told: string[] = []
  const start = async () => {
    told = []
    using _ = events.subscribe((event) => {
      const refusal = startRefusal(event)
      if (refusal !== undefined) told.push(refusal)
      if (event.type === 'component-started') told.push(...realLines([event]), ...realnessWarnings([event]))
    })
    return await standard.startLandscape(source, { ...options, live: true, name, events, signal })
  }
  const upkeep = owned.use(new Upkeep(start))
  const isolated = flags.isolated ?? false
  const onDown = () => asked.abort(new HarnessError('interrupted', `"landscape down" ended ${name}`))
  const door = await openRunDoor({ name, landscape, folder, events, upkeep, isolated, onDown })
  owned.use(door)
  mark[Symbol.dispose]()
  try {
    await upkeep.reload()
  } catch (error) {
    // Who waits for it is told before the channel closes.
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (!asked.signal.aborted) throw error
    cli.output.error(`${name} was ended before it was up\n`)
    return
  }
  const log = flags.detachedLog
  let before: UpState | undefined
  const announce = async () => {
    before = await announceUp(cli, {
      upkeep,
      scope: door.scope,
      json: flags.json ?? false,
      isolated,
      refusals: told,
      log,
      before,
    })
  }
  // Watched before it is told that it is up: a save right after that must not be missed.
  if (flags.watch) {
    const check = () => standard.loadLandscape(source, options)
    owned.use(watchLandscape(cli, { source, check, upkeep, announce }))
  }
  await announce()
  door.stands()
  if (!flags.json) {
    const reporter = liveReporter(cli.output)
    // What stops and starts for a reload is told in its one line.
    const event = (one: RunEvent) => upkeep.current && reporter.event?.(one)
    const live = attachReporters(events, [{ ...reporter, event }])
    owned.defer(async () => void (await live.finish()))
  }
  await fired(signal)
  await owned.disposeAsync()
  if (interrupted.aborted) cli.exitCode = 130
  else if (!flags.json) cli.output.write(`${name} has ended\n`)
}

/** The arguments of the `up` in the background. Throws `usage` for what needs a terminal or a reader. */
function detachedArguments(flags: UpFlags): readonly string[] {
  for (const option of ['watch', 'json'] as const) {
    if (flags[option]) throw new HarnessError('usage', `--detach and --${option} cannot stand together`)
  }
  const { name, engine, seed, patience, keylog } = flags
  const single = Object.entries({ name, engine, seed, patience, keylog })
  return [
    ...single.flatMap(([option, value]) => (value === undefined ? [] : [`--${option}=${value}`])),
    ...(flags.with ?? []).map((fault) => `--with=${fault}`),
    ...(flags.set ?? []).map((setting) => `--set=${setting}`),
    ...(flags.isolated ? ['--isolated'] : []),
  ]
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
