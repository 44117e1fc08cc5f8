import { connect, createServer, isIPv4, isIPv6, type NetConnectOpts, type Server, type Socket } from 'node:net'
import type { Caller, ComponentHost } from '../../../harness/host/component-host.ts'

export interface FrontOptions {
  readonly host: ComponentHost
  readonly port: number
  readonly maxConnections: number
  /** Where the program listens, once it does. Fails when it is gone. */
  dial(): Promise<NetConnectOpts>
  onCaller(caller: Caller): void
}

export interface Front {
  readonly server: Server
  /** Ends every connection at once. */
  cut(): void
}

/**
 * What stands behind a port of the host and hands its connections to the real program, byte by byte. It tells the program by
 * the PROXY protocol who calls, so that logs and headers show the model's addresses, as everywhere in a landscape.
 */
export function frontServer(options: FrontOptions): Front {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
    near.on('error', () => near.destroy())
    open.add(near)
    near.once('close', () => open.delete(near))
    const caller = options.host.callerOf(near)
    options.onCaller(caller)
    options.dial().then(
      (target) => join(near, connect({ ...target, allowHalfOpen: true }), proxyLine(caller, options)),
      () => near.resetAndDestroy(),
    )
  })
  server.maxConnections = options.maxConnections
  return {
    server,
    cut() {
      for (const near of open) near.destroy()
    },
  }
}

function join(near: Socket, far: Socket, line: string): void {
  if (near.destroyed) return void far.destroy()
  far.on('error', () => {
    // A program that resets, or does not take the connection, is seen to do so.
    if (!near.destroyed) near.resetAndDestroy()
  })
  near.once('close', () => far.destroy())
  far.once('close', () => near.destroySoon())
  far.write(line)
  near.pipe(far)
  far.pipe(near)
}

/** HAProxy's PROXY protocol, version 1 (section 2.1). */
export function proxyLine({ address, port }: Caller, { host, port: to }: Pick<FrontOptions, 'host' | 'port'>): string {
  const family =
    isIPv4(address) && isIPv4(host.address) ? 'TCP4' : isIPv6(address) && isIPv6(host.address) ? 'TCP6' : ''
  return family === '' ? 'PROXY UNKNOWN\r\n' : `PROXY ${family} ${address} ${host.address} ${port} ${to}\r\n`
}
