import type { Bench } from './bench.ts'
import { ended, ownCache, runLandscape } from './command-line.ts'
import { median } from './statistics.ts'

const LATER_RUNS = 5

/** The whole process: `landscape verify password-secure`, all scenarios, from start to exit. */
export const verify: Bench = {
  name: 'verify',
  title: 'The whole process: landscape verify password-secure',
  async run() {
    using cache = ownCache()
    const first = await wholeMs(cache.env)
    const later: number[] = []
    while (later.length < LATER_RUNS) later.push(await wholeMs(cache.env))
    return [
      { name: 'first run, empty compile cache', value: first, unit: 'ms' },
      {
        name: `median of the ${LATER_RUNS} runs after it`,
        value: median(later),
        unit: 'ms',
        required: { atMost: 3_000 },
      },
    ]
  },
}

async function wholeMs(env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now()
  const { code, said } = await ended(runLandscape(['verify', 'password-secure'], env))
  const whole = performance.now() - started
  if (code !== 0) throw new Error(`landscape verify ended with ${code}: ${said}`)
  return whole
}
