import type { Bench } from './bench.ts'

/** Every bench, in the order in which they run. Imported when they run, so that none weighs on another. */
export const benches: ReadonlyMap<string, () => Promise<Bench>> = new Map([
  ['start-up', async () => (await import('./start-up.ts')).startUp],
  ['verify', async () => (await import('./verify.ts')).verify],
  ['hosts', async () => (await import('./hosts.ts')).hosts],
  ['sql', async () => (await import('./sql.ts')).sql],
  ['sql-rows', async () => (await import('./sql-rows.ts')).sqlRows],
  ['network', async () => (await import('./network.ts')).network],
  ['websocket', async () => (await import('./websocket.ts')).websocket],
  ['mail', async () => (await import('./mail.ts')).mail],
  ['identity', async () => (await import('./identity.ts')).identity],
  ['containers', async () => (await import('./containers.ts')).containers],
])

/** Benches that need the machine's own network, where the ports of containers are published. */
export const onTheMachine: ReadonlySet<string> = new Set(['containers'])
