import { z } from 'zod'
import type { WebSocketClient } from '../clients/websocket.ts'
import { withDeadline } from '../context/deadline.ts'
import { sessionFacts } from './certificate-chain.ts'
import { AttemptEnded } from './ended-by.ts'
import { given, servernameInput, trustInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'

const MAX_TEXT = 16 * 1024

const input = z.strictObject({
  url: z
    .string()
    .regex(/^wss?:\/\//, 'must begin with ws:// or wss://')
    .describe('URL, ws: or wss:'),
  headers: z.record(z.string(), z.string()).default({}).describe('request headers'),
  origin: z.string().optional().describe('Origin header'),
  protocols: z.array(z.string()).optional().describe('subprotocols to offer'),
  send: z.string().optional().describe('text to send once it is open'),
  waitForMessage: z.boolean().default(false).describe('wait for the first message'),
  servername: servernameInput,
  trust: trustInput,
})

/** Opens a WebSocket, sends and waits for a message if asked to, and closes it. */
export const webSocketProbe: Probe<typeof input> = {
  name: 'websocket',
  summary: 'Open a WebSocket, send a text, wait for a message',
  input,
  run: (environment, { url, send, waitForMessage, ...settings }, signal) => {
    const target = URL.parse(url)
    const to = target?.hostname.replace(/^\[|\]$/g, '') ?? url
    const port = Number(target?.port) || (target?.protocol === 'ws:' ? 80 : 443)
    return observe(environment, { probe: 'websocket', client: 'ws', to, port, signal }, async (facts) => {
      const socket = await environment.clients.websocket.connect(url, {
        ...given(settings),
        signal,
        onSession: (session) => {
          facts.tls = sessionFacts(session)
        },
      })
      try {
        facts.websocket = { open: true, protocol: socket.protocol, extensions: socket.extensions }
        if (send !== undefined) socket.send(send)
        if (!waitForMessage) return
        const what = `a message on ${url}`
        const timeoutMs = environment.network.patienceMs
        const message = await withDeadline({ what, timeoutMs, signal }, () => firstMessage(socket))
        facts.message = message.slice(0, MAX_TEXT)
      } finally {
        socket.terminate()
      }
    })
  },
}

type WebSocket = Awaited<ReturnType<WebSocketClient['connect']>>

function firstMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)))
    socket.once('close', (code, reason) => reject(closed(code, String(reason))))
  })
}

/** The other side closed while a message was waited for (RFC 6455 section 7.4). */
const closed = (code: number, reason: string): AttemptEnded =>
  new AttemptEnded('peer', String(code), `closed with code ${code}${reason && `: ${reason}`}`)
