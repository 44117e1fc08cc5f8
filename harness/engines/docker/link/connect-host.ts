import { connect, type Socket } from 'node:net'
import { withDeadline } from '../../../context/deadline.ts'
import { HarnessError } from '../../../context/error.ts'
import { lineCutter } from '../../../host/control-lines.ts'
import { controlLimits } from '../../../host/control-protocol.ts'
import { LINK_PROTOCOL } from './protocol.ts'

export interface HostAddress {
  readonly host: string
  readonly address: string
  readonly port: number
  readonly token: string
}

const WELCOME_MS = 20_000

/** Connects to a host's container and shows the run's token; gives the socket once the host has said that it is right. */
export async function connectHost({ host, address, port, token }: HostAddress, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: address, port, noDelay: true })
  try {
    await withDeadline({ what: `the container of ${host} to answer`, timeoutMs: WELCOME_MS, signal }, () =>
      welcomed(socket, host, token),
    )
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function welcomed(socket: Socket, host: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, cause?: unknown) =>
      reject(new HarnessError('start-failed', `the container of ${host} ${reason}`, { cause }))
    const cut = lineCutter(
      () => controlLimits.maxFirstLineBytes,
      (line) => {
        socket.removeAllListeners()
        // The other side is this package, in a container of this run.
        const { ok, protocol } = JSON.parse(line) as { readonly ok?: unknown; readonly protocol?: unknown }
        if (ok === true && protocol === LINK_PROTOCOL) resolve()
        else refuse(ok === true ? `speaks protocol ${protocol}, not ${LINK_PROTOCOL}` : 'does not know our token')
      },
    )
    socket.on('data', (chunk: Buffer) => {
      try {
        cut(chunk)
      } catch (error) {
        refuse('answers nonsense', error)
      }
    })
    socket.once('error', (error) => refuse(`cannot be reached: ${error.message}`, error))
    socket.once('close', () => refuse('closed the connection'))
    socket.write(`${JSON.stringify({ token })}\n`)
  })
}
