import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { startLandscape } from '../../harness/standard.ts'

/** What a process holds. */
export interface Holding {
  readonly cycle: number
  /** What keeps the event loop busy. */
  readonly handles: readonly string[]
  /** Open file descriptors; absent where the system does not show them. */
  readonly descriptors?: number
  /** In the temporary folder, which is this process's own. */
  readonly files: readonly string[]
  /** After a forced collection. */
  readonly heapBytes: number
}

/** `node --expose-gc cycles.ts LANDSCAPE CYCLE …`: up and down as often as the last number says; tells what it holds after each of them. */
const [landscape = '', ...asked] = process.argv.slice(2)
const told = new Set(asked.map(Number))

// What is being closed goes within some turns of the loop.
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
}

async function holding(cycle: number): Promise<Holding> {
  await settled()
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
  return {
    cycle,
    handles: process
      .getActiveResourcesInfo()
      .filter((name) => name !== 'Immediate')
      .sort(),
    ...(process.platform === 'linux' ? { descriptors: readdirSync('/proc/self/fd').length } : {}),
    files: readdirSync(tmpdir(), { recursive: true, encoding: 'utf8' }).sort(),
    heapBytes: process.memoryUsage().heapUsed,
  }
}

for (let cycle = 1; cycle <= Math.max(...told); cycle++) {
  const lab = await startLandscape(landscape)
  await lab[Symbol.asyncDispose]()
  if (told.has(cycle)) process.send?.(await holding(cycle))
}
process.disconnect?.()
