import { expect } from 'vitest'
import type { Observation } from '../../harness/probes/observation.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { type Difference, differences } from './differences.ts'

/** One for all clients. */
export const PATIENCE_MS = 700

/** The same landscape on both engines. */
export interface EnginePair extends AsyncDisposable {
  readonly docker: RunningLandscape
  readonly embedded: RunningLandscape
}

export async function startPair(): Promise<EnginePair> {
  const options = { patienceMs: PATIENCE_MS, seed: 1 }
  await using owned = new AsyncDisposableStack()
  const docker = owned.use(await startLandscape('password-secure', { ...options, engine: 'docker' }))
  const embedded = owned.use(await startLandscape('password-secure', { ...options, engine: 'embedded' }))
  const both = owned.move()
  return { docker, embedded, [Symbol.asyncDispose]: () => both.disposeAsync() }
}

/** What a client reported, without what must differ: addresses, ports that the system gave, times. */
export function reportOf({ ok, ended, error }: Observation) {
  if (ok) return { ok, ended }
  const text = error?.text
    .replaceAll(/\d+\.\d+\.\d+\.\d+(:\d+)?/g, 'ADDRESS')
    .replaceAll(/\d+ ?ms/g, 'TIME')
    .replaceAll(/[0-9A-F]{8,}:error/g, 'error')
    .replaceAll(/\.c:\d+:/g, '.c:LINE:')
  return { ok, ended, client: error?.client, code: error?.code, text }
}

/** Both report the same, or a row says why not; a row that is not needed any more is red. */
export function expectSame(at: Omit<Difference, 'why'>, inContainers: unknown, inProcess: unknown): void {
  const known = differences.find(({ fault, client }) => fault === at.fault && client === at.client)
  if (known === undefined) expect(inContainers).toEqual(inProcess)
  else expect(inContainers, `the engines agree again: take the row "${known.why}" out`).not.toEqual(inProcess)
}
