import type { Socket } from 'node:net'
import { type LinkFault, pipeOf } from './faults/link-fault.ts'
import type { Direction, Passing, Pipe, PipeTools } from './faults/pipe.ts'

export interface LaneTools extends Pick<PipeTools, 'clock' | 'random'> {
  readonly direction: Direction
  /** Tears the whole connection. */
  tear(): void
  /** Lets nothing pass any more, either way. */
  silence(): void
}

/** One direction of a relayed connection: from a socket through the faults to the other, in order, with back-pressure. */
export class Lane {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #tools: LaneTools
  #pipes: readonly Pipe[] = []
  #sinkFull = false
  #paused = false
  #silent = false

  constructor(source: Socket, sink: Socket, tools: LaneTools) {
    this.#source = source
    this.#sink = sink
    this.#tools = tools
    source.on('data', (chunk: Buffer) => {
      if (this.#pipes.length === 0 && !this.#silent) this.#write(chunk)
      else this.#enter({ kind: 'data', chunk, atMs: tools.clock.elapsedMs() })
    })
    source.once('end', () => this.#enter({ kind: 'end', atMs: tools.clock.elapsedMs() }))
    source.on('error', () => this.#enter({ kind: 'reset', atMs: tools.clock.elapsedMs(), delivered: false }))
    sink.on('drain', () => {
      this.#sinkFull = false
      this.#balance()
    })
    source.resume()
  }

  /** No fault holds anything back. */
  get clear(): boolean {
    return this.#pipes.length === 0
  }

  /** What the old faults held goes through the new ones first. */
  setFaults(faults: readonly LinkFault[]): void {
    const held = this.#release()
    this.#pipes = this.#chain(faults)
    for (const item of held) this.#enter(item)
    this.#balance()
  }

  /** Nothing passes any more, whatever faults come and go. What the source sends is taken, so that its end is seen. */
  silence(): void {
    this.#silent = true
    this.#release()
  }

  /** Forgets what is held; for a connection that is gone. */
  stop(): void {
    this.#release()
  }

  #release(): Passing[] {
    return this.#pipes.toReversed().flatMap((pipe) => pipe.release())
  }

  #chain(faults: readonly LinkFault[]): readonly Pipe[] {
    const pipes: Pipe[] = []
    let next = (item: Passing) => this.#leave(item)
    for (const fault of faults.toReversed()) {
      const pipe = pipeOf(fault, { ...this.#tools, next, changed: () => this.#balance() })
      if (pipe === undefined) continue
      pipes.unshift(pipe)
      next = (item) => pipe.push(item)
    }
    return pipes
  }

  #enter(item: Passing): void {
    if (this.#silent) return
    const [first] = this.#pipes
    if (first) first.push(item)
    else this.#leave(item)
  }

  #leave(item: Passing): void {
    if (this.#silent) return
    const sink = this.#sink
    switch (item.kind) {
      case 'data':
        this.#write(item.chunk)
        break
      case 'end':
        sink.end()
        break
      case 'silence':
        this.#tools.silence()
        break
      case 'reset':
        if (item.delivered && sink.writable) sink.write('', () => this.#tools.tear())
        else this.#tools.tear()
    }
  }

  #write(chunk: Buffer): void {
    if (!this.#sink.writable) return
    // A chunk as large as the mark makes `write` say no although the kernel has taken it all.
    if (this.#sink.write(chunk) || this.#sink.writableLength === 0) return
    this.#sinkFull = true
    this.#balance()
  }

  #balance(): void {
    const pause = this.#sinkFull || this.#pipes.some((pipe) => pipe.full)
    if (pause === this.#paused) return
    this.#paused = pause
    if (pause) this.#source.pause()
    else this.#source.resume()
  }
}
