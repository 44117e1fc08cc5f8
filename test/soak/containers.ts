import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { newSeed, type Random, seededRandom } from '../../harness/context/random.ts'
import { thingsLeft } from './containers-left.ts'
import { type OwnFolders, ownFolders } from './own-folders.ts'

const HELP = `npm run soak:docker -- [options]   landscapes in containers, some killed with -9 at random moments: nothing may be left

  --runs <n>     landscapes, one after the other (20)
  --kills <n>    how many of them are killed (5)
  --seed <n>     the choices of an earlier run again
`
const LANDSCAPE = join(import.meta.dirname, '../../harness/cli/landscape.js')
/** How long what was killed may be under removal. */
const REMOVED_MS = 120_000
const BETWEEN_LOOKS_MS = 250

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const [runs, kills] = [Number(values.runs), Number(values.kills)]
const seed = values.seed === undefined ? newSeed() : Number(values.seed)
if (!(Number.isSafeInteger(seed) && kills >= 0 && runs > kills))
  throw new Error(`more runs than kills, please\n${HELP}`)
console.log(`seed ${seed}`)

await using folders = await ownFolders()
const name = `soak-${process.pid}`
const file = join(folders.state, 'landscape.yaml')
writeFileSync(
  file,
  `landscape: ${name}
hosts:
  sql1: { runs: { sql-server: {} } }
  mail1: { runs: { smtp-server: {} } }
  license1: { aliases: [license.passwordsafe.de], runs: { password-secure/license-server: {} } }
  app1: { runs: { password-secure/app-server: {} } }
`,
)

const random = seededRandom(seed)
const killed = chosen(random, runs, kills)
let wholeMs = 0
for (let run = 1; run <= runs; run++) {
  const moment = killed.has(run) ? random.next() * wholeMs : undefined
  const started = performance.now()
  const { code, said } = await verify(folders, moment)
  const took = Math.round(performance.now() - started)
  if (moment === undefined) {
    wholeMs = took
    console.log(`run ${run}: exit code ${code} after ${took} ms`)
    if (code !== 0) console.log(said)
    if (code !== 0) process.exitCode = 1
    continue
  }
  const atOnce = await thingsLeft(name, folders)
  console.log(`run ${run}: killed after ${took} ms of about ${wholeMs}, ${atOnce.length} things left at that moment`)
}

const since = performance.now()
let left = await thingsLeft(name, folders)
while (left.length > 0 && performance.now() - since < REMOVED_MS) {
  await after(BETWEEN_LOOKS_MS)
  left = await thingsLeft(name, folders)
}
if (left.length > 0) process.exitCode = 1
const end = left.length === 0 ? 'nothing is left' : `left:\n  ${left.join('\n  ')}`
console.log(
  `${runs} runs, ${kills} of them killed, seed ${seed}: ${end} (${Math.round(performance.now() - since)} ms later)`,
)

/** One landscape from start to end, or to the moment at which it is killed. */
async function verify({ env }: OwnFolders, killMs: number | undefined) {
  const args = [LANDSCAPE, 'verify', file, '--engine', 'docker', '--only', 'password-secure/ports']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000)
    })
  }
  const timer = killMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killMs)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return { code, said }
}

/** So many runs of all, but never the first: it shows how long a whole one takes. */
function chosen(choices: Random, all: number, count: number): ReadonlySet<number> {
  const found = new Set<number>()
  while (found.size < count) found.add(2 + choices.below(all - 1))
  return found
}
