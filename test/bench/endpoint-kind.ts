import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { z } from 'zod'
import { defineComponent } from '../../harness/host/component.ts'
import { OPERATOR } from '../../harness/landscape/landscape.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { operatorEndpoint } from './bench-landscape.ts'

const PORT = 8443

/** The smallest component that there can be: one TLS endpoint that greets. */
export const endpointKind = defineComponent({
  kind: 'endpoint',
  summary: 'greets whoever connects, over TLS',
  settings: z.strictObject({ port: z.int().default(PORT) }),
  references: {},
  actions: {},
  flows: [],
  listens: ({ port }) => [{ id: 'tls', port, protocol: 'tcp', tls: 'implicit', purpose: 'greets' }],
  async start({ host }) {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()).end(host.name))
    await host.listen('tls', server, { certificate: () => host.certificates.issue() })
    return { actions: {}, async [Symbol.asyncDispose]() {} }
  },
})

/** Connects to a host's endpoint as the operator, verifies the certificate, and checks who greets. */
export async function greetingAt(lab: RunningLandscape, host: string): Promise<void> {
  const { address, port } = operatorEndpoint(lab, host, PORT)
  const socket = connect({
    host: address,
    port,
    servername: `${host}.${lab.landscape.domain}`,
    ca: await lab.host(OPERATOR).trusted(),
  })
  let said = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await once(socket, 'close')
  if (said !== host) throw new Error(`${host} said "${said}"`)
}
