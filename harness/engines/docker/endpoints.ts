import { type Landscape, OPERATOR } from '../../landscape/landscape.ts'
import type { SeenEndpoint } from '../engine.ts'
import type { Firewall } from '../firewall.ts'
import { LOOPBACK } from './runtime-client.ts'

export interface EndpointsInput {
  readonly landscape: Landscape
  readonly firewall: Firewall
  readonly addresses: Readonly<Record<string, string>>
  isRunning(host: string, kind: string): boolean
  published(host: string, port: number, protocol: 'tcp' | 'udp'): number | undefined
}

/** Every port that stands, as each host sees it that something stands there for; the operator's are this machine's. */
export function endpointsOf(input: EndpointsInput, from?: string): readonly SeenEndpoint[] {
  const { landscape, firewall, addresses, isRunning, published } = input
  return landscape.hosts.flatMap(({ name: to, components }) =>
    components
      .filter(({ kind }) => isRunning(to, kind))
      .flatMap(({ kind, listens }) =>
        listens.flatMap(({ id: listen, port, protocol }) =>
          firewall
            .callersOf({ to, port, protocol })
            .filter((caller) => from === undefined || caller === from)
            .map((caller) => {
              const outside = caller === OPERATOR
              const address = outside ? LOOPBACK : (addresses[to] ?? '')
              const seenPort = (outside ? published(to, port, protocol) : undefined) ?? port
              return { from: caller, to, kind, listen, port, protocol, address, seenPort }
            }),
        ),
      ),
  )
}
