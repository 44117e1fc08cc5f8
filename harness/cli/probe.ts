import { HarnessError } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Command } from './commander.ts'
import { probeStory } from './probe-story.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface ProbeFlags extends RunFlags {
  readonly verbose?: boolean
}

export function define(command: Command, cli: Cli): void {
  runOptions(
    command
      .argument('<host>', 'the host to ask from')
      .argument('<probe>', 'dns, tcp, tls, http, websocket, sql, smtp')
      .argument('[input...]', 'key=value ("landscape list probes"); a value that is JSON is taken as such'),
  )
    .option('--verbose', 'print every fact: whole certificates, headers, bodies')
    .action((host: string, probe: string, input: readonly string[], flags: ProbeFlags) =>
      ask(cli, { host, probe, input: inputOf(input) }, flags),
    )
  examples(command, [
    ['landscape probe client1 dns name=app1.corp.example', 'what does the name mean there?'],
    ['landscape probe client1 tcp host=app1 port=11011', 'is the port open from there?'],
    ['landscape probe client1 tls host=app1 port=11011 --verbose', 'chain, protocol, cipher'],
    ['landscape probe client1 http url=https://web1.corp.example/', 'status, headers, TLS'],
  ])
  command.addHelpText('after', '\nExit code: 0 when the attempt worked, 1 when it failed.')
}

interface Question {
  readonly host: string
  readonly probe: string
  readonly input: JsonObject
}

async function ask(cli: Cli, question: Question, flags: ProbeFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const seen = await run.control.request('probe', question)
  cli.exitCode = seen.ok ? 0 : 1
  if (flags.json) printJson(cli.output, seen)
  else cli.output.write(probeStory(seen, { colour: cli.output.colour, verbose: flags.verbose ?? false }))
}

/** `host=app1 port=11011`: values that are JSON are taken as such, other text as it is. */
export function inputOf(words: readonly string[]): JsonObject {
  const pairs = words.map((word): [string, Json] => {
    const at = word.indexOf('=')
    if (at < 1) throw new HarnessError('usage', `"${word}" is not key=value, such as host=app1`)
    return [word.slice(0, at), jsonOrText(word.slice(at + 1))]
  })
  return Object.fromEntries(pairs)
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
