import type { Command } from './commander.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
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
}
