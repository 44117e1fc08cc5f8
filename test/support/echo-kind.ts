import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { z } from 'zod'
import { defineComponent } from '../../harness/host/component.ts'

const place = z.object({ host: z.string(), port: z.int() })

/** A small server for the engine's own tests: says who called, plainly on one port and over TLS on another. */
export const echo = defineComponent({
  kind: 'echo',
  summary: 'answers every connection with the name and address of its caller',
  settings: z.strictObject({ port: z.int().default(1433), tlsPort: z.int().default(443) }),
  references: {},
  actions: {
    ask: {
      summary: 'connects somewhere from this host and reads what it is told',
      input: place,
      output: z.object({ said: z.string().optional(), code: z.string().optional() }),
    },
  },
  flows: [
    {
      id: 'echo',
      from: 'echo',
      to: 'echo',
      listen: 'plain',
      purpose: 'ask',
      sources: [{ type: 'assumed', why: 'test' }],
    },
  ],
  listens: ({ port, tlsPort }) => [
    { id: 'plain', port, protocol: 'tcp', tls: 'none', purpose: 'tells who called' },
    { id: 'tls', port: tlsPort, protocol: 'tcp', tls: 'implicit', purpose: 'tells who called' },
  ],
  async start({ host }) {
    const told = (socket: import('node:net').Socket) => {
      const { host: name, address } = host.callerOf(socket)
      host.journal('called', { by: name, address })
      return `${name} ${address} ${socket.remoteAddress}`
    }
    const plain = createTcpServer((socket) => void socket.on('error', () => socket.destroy()).end(told(socket)))
    const secure = createTlsServer((socket) => void socket.on('error', () => socket.destroy()).end(told(socket)))
    await host.listen('plain', plain)
    await host.listen('tls', secure, { certificate: () => host.certificates.issue() })
    return {
      actions: {
        async ask(target, signal) {
          const socket = host.connect(target)
          const onAbort = () => socket.destroy()
          signal.addEventListener('abort', onAbort, { once: true })
          try {
            let said = ''
            socket.setEncoding('utf8').on('data', (text: string) => {
              said += text
            })
            await once(socket, 'close')
            return { said }
          } catch (error) {
            return { code: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
          } finally {
            signal.removeEventListener('abort', onAbort)
          }
        },
      },
      async [Symbol.asyncDispose]() {},
    }
  },
})
