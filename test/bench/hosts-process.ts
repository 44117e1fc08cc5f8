import type { LandscapeSpec } from '../../harness/landscape/index.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { startWith } from './bench-landscape.ts'
import { endpointKind, greetingAt } from './endpoint-kind.ts'
import { median } from './statistics.ts'

export interface HostCosts {
  readonly startMs: number
  readonly stopMs: number
  /** Grown while the landscape is up, after a forced collection. */
  readonly memoryKib: number
}

// The process of one size: `node --expose-gc hosts-process.ts COUNT`.
const ROUNDS = 5
const count = Number(process.argv[2])
function specOf(size: number): LandscapeSpec {
  const hosts = Array.from({ length: size }, (_, index) => [`host${index + 1}`, { runs: { endpoint: {} } }] as const)
  return { landscape: `${size}-hosts`, hosts: Object.fromEntries(hosts) }
}

const up = (size: number): Promise<RunningLandscape> => startWith([endpointKind], specOf(size))

function residentKib(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1_024
}

{
  await using loaded = await up(2)
  await greetingAt(loaded, 'host2')
}
const starts: number[] = []
const stops: number[] = []
const before = residentKib()
let memoryKib = 0
for (let round = 0; round < ROUNDS; round++) {
  globalThis.gc?.()
  const began = performance.now()
  const lab = await up(count)
  starts.push(performance.now() - began)
  if (round === 0) memoryKib = residentKib() - before
  // They are there, the first as well as the last.
  for (const host of ['host1', `host${count}`]) await greetingAt(lab, host)
  const stopping = performance.now()
  await lab[Symbol.asyncDispose]()
  stops.push(performance.now() - stopping)
}
process.send?.({ startMs: median(starts), stopMs: median(stops), memoryKib } satisfies HostCosts)
