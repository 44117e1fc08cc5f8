import type { Bench, Figure } from './bench.ts'
import { ended, ownCache, runLandscape } from './command-line.ts'
import { median } from './statistics.ts'

const LATER_RUNS = 7

const REQUIRED_MS = { 'password-secure': 700, full: 1_000 } as const

/** From `node` running the entry point until every component stands: `landscape up`. */
export const startUp: Bench = {
  name: 'start-up',
  title: 'Process start to ready: landscape up',
  async run() {
    const figures: Figure[] = []
    for (const [landscape, atMost] of Object.entries(REQUIRED_MS)) {
      using cache = ownCache()
      const first = await readyMs(landscape, cache.env)
      const second = await readyMs(landscape, cache.env)
      const later: number[] = [second]
      while (later.length < LATER_RUNS) later.push(await readyMs(landscape, cache.env))
      const required = { atMost }
      figures.push(
        { name: `${landscape}: first run, empty compile cache`, value: first, unit: 'ms' },
        { name: `${landscape}: second run`, value: second, unit: 'ms', required },
        {
          name: `${landscape}: median of ${LATER_RUNS} runs from the second on`,
          value: median(later),
          unit: 'ms',
          required,
        },
      )
    }
    return figures
  },
}

/** Milliseconds from the start of the process to the line that says that the landscape is ready. */
async function readyMs(landscape: string, env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now()
  const child = runLandscape(['up', landscape, '--json'], env)
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
