import { HarnessError } from '../context/error.ts'
import { BoundPort } from './bound-port.ts'

/** What this process may bind on the loopback net; decides whether documented ports stand at pair addresses or are mapped. */
export interface PairCapabilities {
  /** Any address of 127.0.0.0/8, not only 127.0.0.1 (macOS: no). */
  readonly pairAddresses: boolean
  /** Ports below 1024 (an ordinary user outside a namespace: no). */
  readonly lowPorts: boolean
}

/** An address that no slot uses, and low ports that hardly anybody has; one that is taken proves that it could be bound. */
const PROBE_ADDRESS = '127.251.255.254'
const LOW_PORT = 443

/** Finds out by binding. */
export async function pairCapabilities(): Promise<PairCapabilities> {
  const pairAddresses = await canBind(PROBE_ADDRESS, 0)
  return { pairAddresses, lowPorts: await canBind(pairAddresses ? PROBE_ADDRESS : '127.0.0.1', LOW_PORT) }
}

async function canBind(address: string, port: number): Promise<boolean> {
  try {
    const bound = await BoundPort.open({ address, port }, { backlog: 1 }, (socket) => socket.destroy())
    await bound[Symbol.asyncDispose]()
    return true
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    if (error.code === 'port-taken') return true
    if (error.code === 'platform-unsupported') return false
    throw error
  }
}
