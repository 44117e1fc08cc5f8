import type { Bench } from './bench.ts'
import { ended, ownCache, runLandscape } from './command-line.ts'
import { median } from './statistics.ts'

const LATER_RUNS = 7

/** From `node` running the entry point until every component stands: `landscape up password-secure`. */
export const startUp: Bench = {
  name: 'start-up',
  title: 'Process start to ready: landscape up password-secure',
  async run() {
    using cache = ownCache()
    const first = await readyMs(cache.env)
    const second = await readyMs(cache.env)
    const later: number[] = [second]
    while (later.length < LATER_RUNS) later.push(await readyMs(cache.env))
    return [
      { name: 'first run, empty compile cache', value: first, unit: 'ms' },
      { name: 'second run', value: second, unit: 'ms', required: { atMost: 700 } },
      {
        name: `median of ${LATER_RUNS} runs from the second on`,
        value: median(later),
        unit: 'ms',
        required: { atMost: 700 },
      },
    ]
  },
}

/** Milliseconds from the start of the process to the line that says that the landscape is ready. */
async function readyMs(env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now()
  const child = runLandscape(['up', 'password-secure', '--json'], env)
  const end = ended(child)
  let ready: number | undefined
  let line = ''
  child.stdout?.on('data', (text: string) => {
    line = `${line}${text}`.slice(-100_000)
    if (ready !== undefined || !line.includes('"type":"landscape-ready"')) return
    ready = performance.now() - started
    child.kill('SIGINT')
  })
  const { said } = await end
  if (ready === undefined) throw new Error(`landscape up was never ready: ${said}`)
  return ready
}
