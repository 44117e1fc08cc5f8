import './parse-at-once.ts'
import { availableParallelism } from 'node:os'
import { HarnessError, messageOf } from '../context/error.ts'
import { eventStream, type RunSummary } from '../context/events.ts'
import { newSeed } from '../context/random.ts'
import { type AttachedReporters, attachReporters, type Reporter } from '../report/reporter.ts'
import type { AnyScenario } from '../scenario/index.ts'
import type { RunningLandscape } from '../start-landscape.ts'
import { type Command, InvalidArgumentError } from './commander.ts'
import { keepFailures, lastFailures } from './last-failures.ts'
import { enterIfPossible } from './namespace-entry.ts'
import { checkWritable, writeReport } from './report-files.ts'
import { PLAYER_FLAGS, sidePlayers } from './side-players.ts'
import {
  engineOf,
  landscapeArgument,
  repeated,
  type StartFlags,
  startOptions,
  startOptionsOf,
  wholeNumber,
} from './start-options.ts'
import { type Cli, examples } from './verb.ts'

interface VerifyFlags extends StartFlags {
  readonly only?: readonly string[]
  readonly failed?: boolean
  readonly shard?: string
  readonly bail?: boolean
  readonly jobs?: number
  readonly strict?: boolean
  readonly allowSkip?: readonly string[]
  readonly junit?: string
  readonly html?: string
  readonly json?: boolean
  readonly isolation: boolean
}

export function define(command: Command, cli: Cli): void {
  startOptions(landscapeArgument(command))
    .option('--only <pattern>', 'only cases whose id has this in it; * stands for anything (repeatable)', repeated)
    .option('--failed', 'only what failed when this landscape was last verified')
    .option('--shard <i/n>', 'only the i-th of n parts', shardText)
    .option('--bail', 'stop after the first failure')
    .option(
      '--jobs <n>',
      'landscapes that play side by side, in a process each (default: one a processor, at most 4); with 1 a seed repeats a run exactly',
      wholeNumber(1, 64),
    )
    .option('--strict', 'a skip that is not allowed fails the run (implied by CI=true)')
    .option('--allow-skip <scenario>', 'a scenario that may be skipped under --strict (repeatable)', repeated)
    .option('--junit <file>', 'write a JUnit report')
    .option('--html <file>', 'write a report for people: one page, with a map of the landscape')
    .option('--json', 'print one JSON document instead of text')
    .option('--no-isolation', "run on this machine's own network, not in a namespace of its own")
    .action((landscape: string, flags: VerifyFlags) => verify(cli, landscape, flags))
  examples(command, [
    ['landscape verify', 'the landscape of both products'],
    ['landscape verify customer.yaml --html report.html', "a customer's site, with a report"],
    ['landscape verify --only /login/ --bail', 'one part, until something breaks'],
    ['landscape verify --with drop:from=client1,to=app1,port=11018', 'what would break?'],
    ['landscape verify --failed', 'what was red, again'],
    ['landscape verify --strict --junit junit.xml --shard 1/4', 'in CI'],
  ])
}

function shardText(text: string): string {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? []
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return text
  throw new InvalidArgumentError('Write i/n with 1 ≤ i ≤ n, such as 2/4.')
}

async function verify(cli: Cli, source: string, flags: VerifyFlags): Promise<void> {
  checkWritable(flags.junit)
  checkWritable(flags.html)
  const only = selection(source, flags)
  if (only?.length === 0) {
    cli.output.error(`nothing failed when ${source} was last verified\n`)
    return
  }
  // Containers are on the machine's own network, and bring namespaces of their own.
  const reason =
    flags.isolation && engineOf(flags) === 'embedded' ? await enterIfPossible(cli, PLAYER_FLAGS) : undefined
  await using sides = sidePlayers(only === undefined && flags.shard === undefined ? mostJobs(flags) - 1 : 0)
  const signal = cli.interrupted
  const strict = flags.strict ?? process.env.CI === 'true'
  const { standard } = await import('../standard.ts')
  const { runScenarios } = await import('../scenario/run.ts')
  const scenarios = await standard.scenarios()
  const options = { ...startOptionsOf(flags), seed: flags.seed ?? newSeed() }
  const count = await countCases(source, flags, only, scenarios)
  const events = eventStream()
  let running: RunningLandscape | undefined
  const reporters = attachReporters(events, await reportersFor(cli, flags, () => running))
  let finished = false
  try {
    const beside = sides.start(jobsFor(count, flags) - 1, { source, options }, (reason) => {
      if (!signal.aborted) cli.output.error(`note: a landscape beside the first did not start: ${reason}\n`)
    })
    await using lab = await standard.startLandscape(source, { ...options, events, sharedKeys: sides, signal })
    running = lab
    const notes = [...lab.notes, ...(reason === undefined ? [] : [`on this machine's own network: ${reason}`])]
    if (!flags.json) for (const note of notes) cli.output.error(`note: ${note}\n`)
    const { results, summary } = await runScenarios({
      running: lab,
      scenarios,
      beside,
      ...(only === undefined ? {} : { only }),
      ...(flags.shard === undefined ? {} : { shard: flags.shard }),
      bail: flags.bail ?? false,
      strict,
      allowSkips: flags.allowSkip ?? [],
      signal,
    })
    sides.end()
    keepFailures(source, results)
    cli.exitCode = exitCodeOf(summary)
    if (results.length === 0 && flags.shard === undefined && !signal.aborted) {
      cli.output.error(`note: no scenario finds its hosts in ${lab.landscape.name}: nothing was proven\n`)
      if (strict) cli.exitCode = 1
    }
    finished = true
  } finally {
    if (finished) await finish(cli, reporters)
    else reporters.abandon()
  }
}

function selection(source: string, flags: VerifyFlags): readonly string[] | undefined {
  if (!flags.failed) return flags.only
  if (flags.only) throw new HarnessError('usage', '--failed and --only cannot stand together')
  const failed = lastFailures(source)
  if (!failed) throw new HarnessError('usage', `${source} was never verified here, so --failed has nothing to go by`)
  return failed
}

/** How many cases there are. Throws `usage` when patterns fit none, before anything starts. */
async function countCases(
  source: string,
  flags: VerifyFlags,
  only: readonly string[] | undefined,
  scenarios: readonly AnyScenario[],
): Promise<number> {
  const { standard } = await import('../standard.ts')
  const { casesOf } = await import('../scenario/cases.ts')
  const { select } = await import('../scenario/select.ts')
  const landscape = await standard.loadLandscape(source, startOptionsOf(flags))
  const cases = scenarios.flatMap((scenario) => casesOf(scenario, landscape))
  const { length } = select(cases, { ...(only && { only }), ...(flags.shard !== undefined && { shard: flags.shard }) })
  if (length === 0 && only !== undefined && select(cases, { only }).length === 0) {
    throw new HarnessError('usage', `no case fits ${only.join(', ')}; see "landscape list scenarios ${source}"`)
  }
  return length
}

/** A second landscape must have something to do, or starting it costs more than it saves. */
const CASES_WORTH_A_LANDSCAPE = 40

const MOST_LANDSCAPES = 4

/** Landscapes that a machine plays side by side, as long as there are cases enough. */
function mostJobs(flags: VerifyFlags): number {
  // Containers share one machine's engine, and make their own use of its processors.
  const own = engineOf(flags) === 'embedded' ? availableParallelism() : 1
  return Math.min(flags.jobs ?? own, MOST_LANDSCAPES)
}

function jobsFor(count: number, flags: VerifyFlags): number {
  if (flags.jobs !== undefined) return Math.min(flags.jobs, Math.max(1, count))
  return Math.max(1, Math.min(mostJobs(flags), Math.floor(count / CASES_WORTH_A_LANDSCAPE)))
}

const exitCodeOf = ({ outcome }: RunSummary): number => (outcome === 'passed' ? 0 : outcome === 'failed' ? 1 : 130)

/** Only the reports that are asked for are loaded. */
async function reportersFor(
  { output }: Cli,
  flags: VerifyFlags,
  running: () => RunningLandscape | undefined,
): Promise<Reporter[]> {
  const reporters: Reporter[] = []
  if (flags.json) {
    const { jsonReporter } = await import('../report/json.ts')
    reporters.push(jsonReporter((text) => output.write(text)))
  } else {
    const { consoleReporter } = await import('../report/console.ts')
    reporters.push(consoleReporter(output))
  }
  const { junit, html } = flags
  if (junit !== undefined) {
    const { junitReporter } = await import('../report/junit.ts')
    reporters.push(junitReporter((text) => writeReport(junit, text)))
  }
  if (html !== undefined) {
    const { htmlReporter } = await import('../report/html.ts')
    reporters.push(htmlReporter(running, (text) => writeReport(html, text)))
  }
  return reporters
}

async function finish({ output }: Cli, reporters: AttachedReporters): Promise<void> {
  for (const { reporter, error } of await reporters.finish()) {
    output.error(`the ${reporter} report is incomplete: ${messageOf(error)}\n`)
  }
}
