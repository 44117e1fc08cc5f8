import { HarnessError } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Observation } from '../probes/observation.ts'
import { observationLine } from '../report/evidence.ts'
import { painter } from '../report/paint.ts'
import { durationText } from '../report/run-record.ts'
import { visibleText } from '../report/visible-text.ts'
import type { Command } from './commander.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

export function define(command: Command, cli: Cli): void {
  runOptions(
    command
      .argument('<host>', 'the host to ask from')
      .argument('<probe>', 'dns, tcp, tls, http, websocket, sql, smtp')
      .argument('[input...]', 'key=value ("landscape list probes"); a value that is JSON is taken as such'),
  ).action((host: string, probe: string, input: readonly string[], flags: RunFlags) =>
    ask(cli, { host, probe, input: inputOf(input) }, flags),
  )
  examples(command, [
    ['landscape probe client1 dns name=app1.corp.example', 'what does the name mean there?'],
    ['landscape probe client1 tcp host=app1 port=11011', 'is the port open from there?'],
    ['landscape probe client1 tls host=app1 port=11011 --json', 'chain, protocol, cipher'],
    ['landscape probe client1 http url=https://web1.corp.example/', 'status, headers, TLS'],
  ])
  command.addHelpText('after', '\nExit code: 0 when the attempt worked, 1 when it failed.')
}

interface Question {
  readonly host: string
  readonly probe: string
  readonly input: JsonObject
}

async function ask(cli: Cli, question: Question, flags: RunFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const seen = await run.control.request('probe', question)
  cli.exitCode = seen.ok ? 0 : 1
  if (flags.json) printJson(cli.output, seen)
  else cli.output.write(story(seen, cli.output.colour))
}

function story(seen: Observation, colour: boolean): string {
  const paint = painter(colour)
  const head = paint(seen.ok ? 'good' : 'bad', visibleText(observationLine(seen)))
  return [`${head}  ${durationText(seen.durationMs)}`, ...factLines(seen.facts, '  '), ''].join('\n')
}

const isGroup = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function factLines(facts: JsonObject, indent: string): string[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return []
    const name = visibleText(key)
    if (isGroup(value)) return [`${indent}${name}`, ...factLines(value, `${indent}  `)]
    if (Array.isArray(value) && value.some(isGroup)) {
      const items = value.flatMap((item: Json, index) =>
        isGroup(item)
          ? [`${indent}  ${index + 1}.`, ...factLines(item, `${indent}    `)]
          : [`${indent}  ${shown(item)}`],
      )
      return [`${indent}${name}`, ...items]
    }
    return [`${indent}${name}: ${shown(value)}`]
  })
}

function shown(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(shown).join(', ')
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value ?? null), 4000)
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
