import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { enterNamespace, inNamespace, namespaceSupport } from '../../harness/engines/embedded/namespace.ts'
import { type Figure, reached } from './bench.ts'
import { benches, onTheMachine } from './benches.ts'
import { table } from './table.ts'

interface Outcome {
  readonly name: string
  readonly title: string
  readonly figures: readonly Figure[]
  readonly failure?: string
  readonly skipped?: string
}
type Told = Pick<Outcome, 'title' | 'figures' | 'skipped'>

/** What was measured before the namespace was entered, as JSON: this program begins anew there. */
const MEASURED = 'LANDSCAPE_BENCH_MEASURED'

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string', multiple: true }, list: { type: 'boolean' } },
})
const unknown = values.only?.find((name) => !benches.has(name))
if (unknown !== undefined || values.list) {
  if (unknown !== undefined) console.error(`there is no bench "${unknown}"`)
  console.log(`benches: ${[...benches.keys()].join(', ')}`)
  process.exit(unknown === undefined ? 0 : 2)
}
const names = [...benches.keys()].filter((name) => values.only === undefined || values.only.includes(name))
const outcomes: Outcome[] = JSON.parse(process.env[MEASURED] ?? '[]')
if (!inNamespace()) {
  await measure(names.filter((name) => onTheMachine.has(name)))
  process.env[MEASURED] = JSON.stringify(outcomes)
  // Documented ports are free in a namespace, whatever else runs on this machine.
  if ((await namespaceSupport()).available) enterNamespace()
}
await measure(names.filter((name) => !onTheMachine.has(name)))
if (values.json !== undefined) {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? '',
    node: process.version,
    platform: process.platform,
  }
  const benched = outcomes.map(({ figures, ...rest }) => ({
    ...rest,
    figures: figures.map((figure) => ({ ...figure, reached: reached(figure) })),
  }))
  writeFileSync(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), machine, benches: benched }, null, 2)}\n`,
  )
}
if (outcomes.some(({ failure }) => failure !== undefined)) process.exitCode = 1

async function measure(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const outcome = await runApart(name)
    outcomes.push(outcome)
    console.log(table(outcome))
  }
}

async function runApart(name: string): Promise<Outcome> {
  const child = fork(join(import.meta.dirname, 'run-one.ts'), [name], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000)
  })
  let told: Told | undefined
  child.on('message', (message) => {
    told = message as Told // our own run-one.ts is the only sender
  })
  const [code] = await once(child, 'close')
  return told && code === 0
    ? { name, ...told }
    : { name, title: name, figures: [], failure: said.trim() || `exit ${code}` }
}
