import type { Socket } from 'node:net'
import { lengthBytes, maxFrameBytes } from './message.ts'

/** The one frame that the other side sends. Rejects with what ended the connection before it was whole. */
export function readFrame(socket: Socket): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  let received = Buffer.alloc(0)
  const fail = (why: string): void => reject(new Error(why))
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    if (received.length < lengthBytes) return
    const length = received.readUInt32BE(0)
    if (length > maxFrameBytes) {
      fail(`a frame of ${length} bytes`)
      return
    }
    if (received.length < lengthBytes + length) return
    try {
      resolve(JSON.parse(received.toString('utf8', lengthBytes, lengthBytes + length)))
    } catch (error) {
      reject(error)
    }
  })
  socket.on('error', reject)
  socket.on('close', () => fail('the connection was closed'))
  return promise
}
