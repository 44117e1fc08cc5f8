import type { JsonObject } from '../context/json.ts'
import { OPERATOR } from '../landscape/landscape.ts'
import type { Command } from './commander.ts'
import { type RunFlags, runOptions, type StandingRun, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  runOptions(command.argument('<fault>', 'FAULT:key=value,… ("landscape list faults")')).action(
    (fault: string, flags: RunFlags) => inject(cli, fault, flags),
  )
  examples(command, [
    ['landscape inject drop:from=client1,to=app1,port=11018', 'packets vanish'],
    ['landscape inject delay:to=sql1,delayMs=200', 'every chunk to and from sql1 is late'],
    ['landscape clear all', 'as before'],
  ])
}

async function inject(cli: Cli, fault: string, flags: RunFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const injected = await run.control.request('inject', { fault })
  if (flags.json) printJson(cli.output, injected)
  else cli.output.write(`${injected.id}  on: ${fault}; "landscape clear ${injected.id}" takes it back\n`)
  const silent = await nothingThere(run, injected.fault)
  if (silent !== undefined) cli.output.error(`note: ${silent}\n`)
}

/** A remark where the fault's port has no listener: it is on all the same, and met by nobody. */
async function nothingThere({ control }: StandingRun, { to, port, protocol }: JsonObject): Promise<string | undefined> {
  if (typeof to !== 'string' || typeof port !== 'number') return undefined
  // In a large landscape ports are opened for who asks for their host: after this they all stand.
  await control.request('names', { host: OPERATOR })
  const endpoints = await control.request('endpoints', { from: OPERATOR })
  const met = endpoints.filter(
    (endpoint) => endpoint.to === to && (protocol === undefined || endpoint.protocol === protocol),
  )
  const ports = new Set(met.map((endpoint) => endpoint.port))
  if (ports.has(port)) return undefined
  const known = ports.size === 0 ? 'it has no port' : `its ports: ${[...ports].toSorted((a, b) => a - b).join(', ')}`
  return `nothing listens on ${to}:${port}; ${known}`
}
