import { HarnessError } from '../context/error.ts'
import { suggestion } from '../landscape/nearest.ts'
import type { Command } from './commander.ts'
import { changeOptions, type StartFlags } from './start-options.ts'
import { table } from './table.ts'
import { type Cli, examples, printJson } from './verb.ts'

export interface Listing {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Where nobody's terminal is known; left out: as wide as it is, one line a row. */
  readonly pipedWidth?: number
  /** What `--json` prints. */
  readonly document: unknown
}

interface ListFlags extends Pick<StartFlags, 'with' | 'set'> {
  readonly json?: boolean
  readonly sources?: boolean
  readonly scenarios?: boolean
}

const listings = new Map<string, (landscape: string | undefined, flags: ListFlags) => Promise<Listing>>([
  ['landscapes', async () => (await import('./list-landscapes.ts')).listLandscapes()],
  ['scenarios', async (landscape, flags) => (await import('./list-scenarios.ts')).listScenarios(landscape, flags)],
  ['faults', async () => (await import('./list-faults.ts')).listFaults()],
  ['components', async () => (await import('./list-components.ts')).listComponents()],
  ['probes', async () => (await import('./list-probes.ts')).listProbes()],
  ['flows', async (landscape, flags) => (await import('./list-flows.ts')).listFlows(landscape, flags)],
])

export function define(command: Command, cli: Cli): void {
  changeOptions(
    command
      .argument('<what>', [...listings.keys()].join(', '))
      .argument('[landscape]', 'for scenarios and flows: of this landscape, host by host'),
  )
    .option('--sources', 'for flows: where each is documented')
    .option('--scenarios', 'for flows: the scenarios that prove each, which go red when it is cut')
    .option('--json', 'print JSON')
    .action((what: string, landscape: string | undefined, flags: ListFlags) => list(cli, what, landscape, flags))
  examples(command, [
    ['landscape list landscapes', 'what is built in'],
    ['landscape list scenarios all-in-one', 'the cases that one landscape gives'],
    ['landscape list flows --sources', 'who may talk to whom, and why that is believed'],
    ['landscape list flows --scenarios', 'which scenario proves each'],
    ['landscape list faults', 'what --with and inject take'],
  ])
}

async function list(cli: Cli, what: string, landscape: string | undefined, flags: ListFlags): Promise<void> {
  const listing = listings.get(what)
  if (!listing)
    throw new HarnessError('usage', `there is no list of "${what}"${suggestion(what, listings.keys(), 'lists')}`)
  const { head, rows, document, pipedWidth } = await listing(landscape, flags)
  if (flags.json) printJson(cli.output, document)
  else cli.output.write(table(head, rows, cli.output.live ? cli.output.columns() : pipedWidth))
}
