import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

const sockets = new WeakMap<object, Socket>()
let created: ((request: object) => void) | undefined
let listening = false

/**
 * Runs `send`, which must hand one request to undici before it returns, and tells which socket that request went out on, once it
 * has. undici gives this away only through its diagnostics channels (docs/api/DiagnosticsChannel.md).
 */
export function socketOf<R>(send: () => R): { result: R; socket: () => Socket | undefined } {
  listen()
  let request: object | undefined
  created = (made) => {
    request ??= made
  }
  try {
    return { result: send(), socket: () => request && sockets.get(request) }
  } finally {
    created = undefined
  }
}

/** Once for the process: the channels are global, and what they carry is dropped unless asked for. */
function listen(): void {
  if (listening) return
  listening = true
  subscribe('undici:request:create', (message) => {
    const request = part(message, 'request')
    if (request) created?.(request)
  })
  subscribe('undici:client:sendHeaders', (message) => {
    const request = part(message, 'request')
    const socket = part(message, 'socket')
    if (request && socket instanceof Socket) sockets.set(request, socket)
  })
}

function part(message: unknown, name: string): object | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const value: unknown = Reflect.get(message, name)
  return typeof value === 'object' && value !== null ? value : undefined
}
