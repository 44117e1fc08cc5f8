import { embeddedEngine } from '../../harness/engines/embedded/engine.ts'
import type { AnyComponentKind } from '../../harness/host/component.ts'
import { type KindDescription, type LandscapeSpec, resolveLandscape } from '../../harness/landscape/index.ts'
import { type RunningLandscape, type StartOptions, startResolved } from '../../harness/start-landscape.ts'

/** Brings a landscape of a test's own kinds to life in this process. */
export function labOf(
  spec: LandscapeSpec,
  kinds: readonly AnyComponentKind[],
  options: StartOptions = {},
): Promise<RunningLandscape> {
  // The model parses each kind's settings before it sees them.
  const resolved = resolveLandscape(spec, kinds as unknown as readonly KindDescription[])
  const parts = { kinds: new Map(kinds.map((kind) => [kind.kind, kind])), probes: new Map(), engine: embeddedEngine }
  return startResolved(resolved, parts, options)
}

/** What keeps the loop busy, after what is being closed has gone. */
export async function openHandles(): Promise<readonly string[]> {
  // Handles that are being closed go at the end of the loop's turn after this one.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Timeout' && name !== 'Immediate')
    .sort()
}
