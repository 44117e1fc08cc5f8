import type { Bench, Figure } from './bench.ts'
import { ended, ownCache, runLandscape } from './command-line.ts'
import { median } from './statistics.ts'

const LATER_RUNS = 5

const REQUIRED_MS = { 'password-secure': 3_000, full: 5_000 } as const

/** The whole process: `landscape verify`, all scenarios, from start to exit. Chromium stays out of it. */
export const verify: Bench = {
  name: 'verify',
  title: 'The whole process: landscape verify',
  async run() {
    using cache = ownCache()
    const figures: Figure[] = []
    for (const [landscape, atMost] of Object.entries(REQUIRED_MS)) {
      const first = await wholeMs(landscape, cache.env)
      const later: number[] = []
      while (later.length < LATER_RUNS) later.push(await wholeMs(landscape, cache.env))
      figures.push(
        { name: `${landscape}: first run`, value: first, unit: 'ms' },
        {
          name: `${landscape}: median of the ${LATER_RUNS} runs after it`,
          value: median(later),
          unit: 'ms',
          required: { atMost },
        },
      )
    }
    return figures
  },
}

async function wholeMs(landscape: string, env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now()
  const { code, said } = await ended(runLandscape(['verify', landscape], env))
  const whole = performance.now() - started
  if (code !== 0) throw new Error(`landscape verify ${landscape} ended with ${code}: ${said}`)
  return whole
}
