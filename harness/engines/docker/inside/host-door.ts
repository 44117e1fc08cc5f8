import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { HarnessError } from '../../../context/error.ts'
import { lineCutter } from '../../../host/control-lines.ts'
import { controlLimits } from '../../../host/control-protocol.ts'
import { LINK_PROTOCOL } from '../link/protocol.ts'

/** A harness that has gone before it said anything leaves nobody to wait for. */
const HARNESS_MS = 120_000

export interface DoorOptions {
  readonly port: number
  /** SHA-256 of the run's token, hex. */
  readonly tokenDigest: string
  readonly onListening: () => void
}

/** Waits for the harness: the one caller who shows the run's token. Fails with `deadline-exceeded` when nobody comes. */
export function harnessAtDoor({ port, tokenDigest, onListening }: DoorOptions): Promise<Socket> {
  const expected = Buffer.from(tokenDigest, 'hex')
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new HarnessError('deadline-exceeded', `no harness came within ${HARNESS_MS} ms`))
    }, HARNESS_MS)
    const server = createServer({ noDelay: true }, (socket) => {
      welcome(socket, expected, () => {
        clearTimeout(late)
        server.close()
        resolve(socket)
      })
    })
    server.maxConnections = controlLimits.maxConnections
    server.once('error', reject)
    server.listen(port, '0.0.0.0', onListening)
  })
}

/** Reads the first line of a caller; whoever has not the token is told so and cut off. */
function welcome(socket: Socket, expected: Buffer, onHarness: () => void): void {
  const refuse = () => {
    socket.end(`${JSON.stringify({ ok: false, error: { code: 'control-refused', message: 'the token is wrong' } })}\n`)
    // Whoever does not end his side would keep his place from the harness.
    socket.once('finish', () => socket.destroy())
    socket.removeAllListeners('data')
    socket.resume()
  }
  const timer = setTimeout(refuse, controlLimits.authenticationMs)
  const cut = lineCutter(
    () => controlLimits.maxFirstLineBytes,
    (line) => {
      clearTimeout(timer)
      if (!isToken(line, expected)) return refuse()
      socket.removeAllListeners()
      socket.write(`${JSON.stringify({ ok: true, protocol: LINK_PROTOCOL })}\n`)
      onHarness()
    },
  )
  // A caller that is torn off is its own affair: the next one is waited for.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => clearTimeout(timer))
  socket.on('data', (chunk: Buffer) => {
    try {
      cut(chunk)
    } catch {
      // A first line that is longer than any token is none.
      refuse()
    }
  })
}

function isToken(line: string, expected: Buffer): boolean {
  let token = ''
  try {
    const first: unknown = JSON.parse(line)
    if (typeof first === 'object' && first !== null && 'token' in first) token = String(first.token)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const given = createHash('sha256').update(token).digest()
  return given.length === expected.length && timingSafeEqual(given, expected)
}
