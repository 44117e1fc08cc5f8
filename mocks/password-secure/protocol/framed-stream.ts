import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Json } from '../../../harness/context/json.ts'
import { encodeFrame, type Frame, FrameReader } from './frame.ts'

/**
 * The frames of a connection, one after the other: nothing more is read while one is being worked on. Ends when the
 * peer ends; throws what the connection fails with. Leaving the loop does not close the connection: an answer may still
 * be on its way.
 */
export async function* framesOf(stream: Duplex, maxFrameBytes: number): AsyncGenerator<Frame, void, void> {
  const reader = new FrameReader(maxFrameBytes)
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    // A stream without an encoding gives buffers.
    for (const frame of reader.push(chunk as Buffer)) {
      yield frame
      if (!frame.ok) return
    }
  }
  if (reader.pendingBytes > 0) {
    yield { ok: false, code: 'frame-cut-off', text: `the connection ended ${reader.pendingBytes} bytes into a frame` }
  }
}

/** Sends one frame, and waits while the peer does not read. Resolves without sending when the connection is gone. */
export async function sendFrame(stream: Duplex, message: Json): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return
  if (stream.write(encodeFrame(message))) return
  const gone = new AbortController()
  const onClose = () => gone.abort()
  stream.once('close', onClose)
  try {
    await once(stream, 'drain', { signal: gone.signal })
  } catch (error) {
    // A connection that breaks while it is full ends in its reader, which tells why.
    if (!gone.signal.aborted && !stream.destroyed) throw error
  } finally {
    stream.off('close', onClose)
  }
}

/**
 * Sends what is written and closes. What the peer still sends is read and dropped for so long: closing at once would
 * reset the connection, and the peer would lose the last answer.
 */
export function closeGently(socket: Socket, lingerMs: number): void {
  if (socket.destroyed) return
  socket.setTimeout(lingerMs, () => socket.destroy())
  socket.end()
  socket.resume()
}
