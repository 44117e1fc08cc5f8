import { z } from 'zod'
import { hostInput, portInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'
import { socketFacts } from './socket-facts.ts'

const input = z.strictObject({ host: hostInput, port: portInput() })

/** Whether a port accepts: the connection is closed at once. */
export const tcpProbe: Probe<typeof input> = {
  name: 'tcp',
  summary: 'Open a TCP connection',
  input,
  run: (environment, { host, port }, signal) =>
    observe(environment, { probe: 'tcp', client: 'net', to: host, port, signal }, async (facts) => {
      const socket = await environment.clients.tls.tcp({ host, port, signal })
      facts.tcp = socketFacts(socket)
      socket.destroy()
    }),
}
