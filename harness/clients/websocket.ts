import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { WebSocket } from 'ws'
import { HarnessError } from '../context/error.ts'
import { dialOptions } from './dial.ts'
import type { ClientEnvironment } from './environment.ts'
import { onSession, type TlsFacts } from './tls-facts.ts'
import { type Trust, verifyingContext, verifyOptions } from './trust.ts'

export interface WebSocketSettings {
  readonly headers?: Readonly<Record<string, string>>
  readonly origin?: string
  readonly protocols?: readonly string[]
  readonly trust?: Trust
  readonly servername?: string
  /** Milliseconds for TCP, TLS and the upgrade together; the host's patience unless told. */
  readonly handshakeTimeoutMs?: number
  /** The largest message accepted, in bytes; 8 MiB unless told. */
  readonly maxBytes?: number
  /** Told once TLS keys are agreed, also when the certificate is then refused. */
  readonly onSession?: (facts: TlsFacts) => void
  readonly signal?: AbortSignal
}

/** WebSockets by `ws`. Disposing it terminates every socket that is still open. */
export interface WebSocketClient extends AsyncDisposable {
  /**
   * Resolves once the socket is open, rejects with the library's own error. Messages that come with the server's answer are
   * held back until the caller had the time to listen. An `error` later on is followed by `close`, and safe to ignore.
   */
  connect(url: string, settings?: WebSocketSettings): Promise<WebSocket>
}

const MAX_BYTES = 8 * 1024 * 1024

export function webSocketClient(environment: ClientEnvironment): WebSocketClient {
  const open = new Set<WebSocket>()
  let disposed = false
  return {
    async connect(url, settings = {}) {
      const { WebSocket } = await import('ws')
      if (disposed) throw new HarnessError('not-running', `the WebSocket client of ${environment.host} is closed`)
      settings.signal?.throwIfAborted()
      const target = new URL(url)
      const name = target.hostname.replace(/^\[|\]$/g, '')
      const secure = target.protocol === 'wss:'
      const dial = dialOptions(environment, name, Number(target.port || (secure ? 443 : 80)))
      const timeout = settings.handshakeTimeoutMs ?? environment.patienceMs
      const socket = new WebSocket(target, settings.protocols ? [...settings.protocols] : [], {
        handshakeTimeout: timeout,
        maxPayload: settings.maxBytes ?? MAX_BYTES,
        ...(settings.headers && { headers: settings.headers }),
        ...(settings.origin && { origin: settings.origin }),
        createConnection: () => {
          if (!secure) return connectTcp({ ...dial, timeout })
          const verify = verifyOptions(environment, settings.trust, settings.servername ?? name)
          const connection = connectTls({ ...dial, ...verify, secureContext: verifyingContext(verify), timeout })
          if (environment.keylog) connection.on('keylog', environment.keylog)
          if (settings.onSession) onSession(connection, settings.onSession)
          return connection
        },
      })
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      return opened(socket, settings.signal)
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      await Promise.all([...open].map(terminated))
    },
  }
}

async function opened(socket: WebSocket, signal: AbortSignal | undefined): Promise<WebSocket> {
  const abort = () => socket.terminate()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => {
        // The caller hears of the socket some microtasks later: what came in the same packet must wait for it.
        socket.pause()
        setImmediate(() => socket.resume())
        resolve()
      })
      // Stays for good: without any listener an error after the opening would end the process.
      socket.on('error', (error) => reject(signal?.aborted ? signal.reason : error))
    })
    return socket
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

function terminated(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve()
    socket.once('close', () => resolve())
    socket.terminate()
  })
}
