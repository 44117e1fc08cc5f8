import type { Json } from '../../../harness/context/json.ts'

/** Every frame: a length of four bytes, big-endian, then so many bytes of JSON in UTF-8. */
export const FRAME_HEADER_BYTES = 4

export type FrameFailureCode = 'frame-too-large' | 'frame-empty' | 'frame-not-json' | 'frame-cut-off'

export type Frame =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: FrameFailureCode; readonly text: string }

export function encodeFrame(message: Json): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8')
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + body.length)
  frame.writeUInt32BE(body.length, 0)
  body.copy(frame, FRAME_HEADER_BYTES)
  return frame
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decodeBody(body: Buffer): Frame {
  try {
    const value: unknown = JSON.parse(utf8.decode(body))
    return { ok: true, value }
  } catch (error) {
    // The parser's own words quote what came, which may be a password.
    const what = error instanceof SyntaxError ? 'JSON' : 'UTF-8'
    return { ok: false, code: 'frame-not-json', text: `${body.length} bytes that are not ${what}` }
  }
}

/** Cuts a stream of bytes into frames. After a failure the stream has no meaning any more: `push` gives nothing. */
export class FrameReader {
  readonly #maxFrameBytes: number
  #chunks: Buffer[] = []
  #bytes = 0
  #failed = false

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Bytes of a frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#bytes
  }

  *push(chunk: Buffer): Generator<Frame, void, void> {
    if (this.#failed) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    while (this.#bytes >= FRAME_HEADER_BYTES) {
      const length = this.#peekLength()
      const refused = this.#refuse(length)
      if (refused) {
        this.#failed = true
        this.#chunks = []
        yield refused
        return
      }
      if (this.#bytes < FRAME_HEADER_BYTES + length) return
      const frame = decodeBody(this.#take(FRAME_HEADER_BYTES + length).subarray(FRAME_HEADER_BYTES))
      this.#failed = !frame.ok
      yield frame
      if (this.#failed) return
    }
  }

  #refuse(length: number): Frame | undefined {
    if (length === 0) return { ok: false, code: 'frame-empty', text: 'a frame of no bytes' }
    if (length <= this.#maxFrameBytes) return undefined
    return { ok: false, code: 'frame-too-large', text: `a frame of ${length} bytes; at most ${this.#maxFrameBytes}` }
  }

  #peekLength(): number {
    if ((this.#chunks[0]?.length ?? 0) < FRAME_HEADER_BYTES) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]?.readUInt32BE(0) ?? 0
  }

  #take(bytes: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    if (!all) return Buffer.alloc(0)
    const rest = all.subarray(bytes)
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#bytes = rest.length
    return all.subarray(0, bytes)
  }
}
