import type { Server } from 'node:net'

/** How accepted sockets are made; what is not given is taken from the server that gets them, `noDelay` is on. Delays in milliseconds. */
export interface AcceptOptions {
  readonly noDelay?: boolean
  readonly allowHalfOpen?: boolean
  readonly keepAlive?: boolean
  readonly keepAliveInitialDelay?: number
  readonly highWaterMark?: number
  /** Connections that the kernel keeps waiting; 4096 unless told. */
  readonly backlog?: number
}

export function acceptOptionsOf(target: Server, options: AcceptOptions = {}): AcceptOptions {
  // A server keeps these options as properties, which its type does not declare; the delay it keeps in seconds.
  const own = (name: string): unknown => Reflect.get(target, name)
  const highWaterMark = options.highWaterMark ?? own('highWaterMark')
  return {
    // A server that was not told otherwise has `false` here, and Nagle's algorithm would then hold a small answer back
    // until the client's delayed acknowledgement, 40 ms later: the products' servers do not wait.
    noDelay: options.noDelay ?? true,
    allowHalfOpen: options.allowHalfOpen ?? own('allowHalfOpen') === true,
    keepAlive: options.keepAlive ?? own('keepAlive') === true,
    keepAliveInitialDelay: options.keepAliveInitialDelay ?? Number(own('keepAliveInitialDelay') ?? 0) * 1000,
    ...(typeof highWaterMark === 'number' ? { highWaterMark } : {}),
    ...(options.backlog === undefined ? {} : { backlog: options.backlog }),
  }
}
