import { parseArgs } from 'node:util'
import { messageOf } from '../../harness/context/error.ts'
import { newSeed, seededRandom } from '../../harness/context/random.ts'
import type { Finding } from './finding.ts'
import { fuzzMessages } from './messages.ts'
import { fuzzStatements } from './statements.ts'

const HELP = `npm run fuzz -- [options]      sends the SQL Server what no client should send, and looks at what it makes of it

  --messages <n>     changed messages over every state of the protocol (100000)
  --statements <n>   changed statements of T-SQL (20000)
  --seed <n>         the run of an earlier seed again
`
/** Growth of the heap over a whole run, collected before and after: what a server may not keep of what it was sent. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    statements: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const seed = values.seed === undefined ? newSeed() : Number(values.seed)
const random = seededRandom(seed)
console.log(`seed ${seed}`)

let clientFailures = 0
/** tedious throws outside of every request when a connection that it has closed is reset. */
const isOfTheClient = (error: unknown): boolean =>
  error instanceof Error && /^\s+at .*node_modules.tedious/m.test(error.stack?.split('\n')[1] ?? '')

const crashed = (error: unknown) => {
  if (isOfTheClient(error)) {
    clientFailures += 1
    return
  }
  console.error(`\nthe server crashed (seed ${seed}): ${error instanceof Error ? error.stack : messageOf(error)}`)
  process.exit(1)
}
process.on('uncaughtException', crashed)
process.on('unhandledRejection', crashed)

/** One line on a terminal, one in ten per cent in a log. */
function progressOf(what: string, total: number): (done: number) => void {
  let shown = 0
  return (done) => {
    const tenth = Math.floor((done * 10) / total)
    if (process.stdout.isTTY) process.stdout.write(`\r${what}: ${done} of ${total}`)
    else if (tenth > shown) console.log(`${what}: ${done} of ${total}`)
    shown = Math.max(shown, tenth)
    if (process.stdout.isTTY && done >= total) process.stdout.write('\n')
  }
}

const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const findings: Finding[] = []
const [messages, statements] = [Number(values.messages), Number(values.statements)]
// What is loaded once, and what is recorded, is no growth.
await fuzzMessages(200, random.fork('warm up'), () => undefined)
const before = heap()
if (messages > 0) {
  const done = await fuzzMessages(messages, random.fork('messages'), progressOf('messages', messages))
  findings.push(...done.findings)
  console.log([...done.sent].map(([state, count]) => `  ${String(count).padStart(7)}  ${state}`).join('\n'))
}
if (statements > 0) {
  const done = await fuzzStatements(statements, random.fork('statements'), progressOf('statements', statements))
  findings.push(...done.findings)
  const often = [...done.errors].sort(([, a], [, b]) => b - a)
  console.log(`  ${String(done.succeeded).padStart(7)}  succeeded`)
  console.log(`  ${String(done.cancelled).padStart(7)}  cancelled by the client after its patience`)
  console.log(
    often
      .slice(0, 12)
      .map(([number, count]) => `  ${String(count).padStart(7)}  error ${number}`)
      .join('\n'),
  )
  for (const [text, statement] of done.limits)
    console.log(`  SQLite refused: ${text}\n      ${statement.slice(0, 400)}`)
}
const grown = heap() - before
if (globalThis.gc && grown > MAX_GROWTH_BYTES)
  findings.push({ what: `the heap grew by ${grown} bytes`, where: 'at the end' })
if (clientFailures > 0)
  console.log(
    `  ${String(clientFailures).padStart(7)}  failures of tedious itself, on connections that had been closed`,
  )
for (const { what, where } of findings) console.log(`✗ ${where}: ${what}`)
console.log(`${messages} messages, ${statements} statements, ${findings.length} findings, seed ${seed}`)
process.exitCode = findings.length === 0 ? 0 : 1
