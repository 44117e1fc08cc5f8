import { embeddedEngine } from '../../harness/engines/embedded/engine.ts'
import type { AnyComponentKind } from '../../harness/host/component.ts'
import { type KindDescription, type LandscapeSpec, OPERATOR, resolveLandscape } from '../../harness/landscape/index.ts'
import type { Endpoint } from '../../harness/network/endpoint.ts'
import { type RunningLandscape, startResolved } from '../../harness/start-landscape.ts'

/** Brings a landscape of these kinds alone to life, so that a bench loads nothing that it does not measure. */
export function startWith(kinds: readonly AnyComponentKind[], spec: LandscapeSpec): Promise<RunningLandscape> {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]))
  const descriptions = kinds as unknown as readonly KindDescription[] // the model parses each kind's settings before it sees them
  const landscape = resolveLandscape(spec, descriptions)
  return startResolved(landscape, { kinds: byName, probes: new Map(), engine: embeddedEngine }, {})
}

/** Where the operator finds a port of a host. */
export function operatorEndpoint(lab: RunningLandscape, host: string, port: number): Endpoint {
  const found = lab.endpoints(OPERATOR).find((endpoint) => endpoint.to === host && endpoint.port === port)
  if (!found) throw new Error(`${host} has no port ${port}`)
  return { address: found.address, port: found.seenPort }
}
