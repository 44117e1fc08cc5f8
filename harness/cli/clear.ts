import type { Command } from './commander.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  runOptions(command.argument('[id]', 'what "landscape inject" or "landscape ps" named', 'all')).action(
    (id: string, flags: RunFlags) => clear(cli, id, flags),
  )
  examples(command, [
    ['landscape clear', 'takes back everything that was injected'],
    ['landscape clear f1', 'takes back that one'],
  ])
}

async function clear(cli: Cli, id: string, flags: RunFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const before = (await run.control.request('info', {})).faults
  await run.control.request('clear', id === 'all' ? {} : { fault: id })
  const left = (await run.control.request('info', {})).faults.map((fault) => fault.id)
  const cleared = before.map((fault) => fault.id).filter((known) => !left.includes(known))
  if (flags.json) printJson(cli.output, { cleared, left })
  else cli.output.write(cleared.length === 0 ? 'nothing was injected\n' : `cleared: ${cleared.join(', ')}\n`)
}
