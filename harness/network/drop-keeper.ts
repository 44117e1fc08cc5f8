import { extname } from 'node:path'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { HarnessError } from '../context/error.ts'
import { bindError } from './bind-error.ts'
import type { DropReply, DropRequest, DropWorkerData } from './drop-protocol.ts'
import type { Endpoint } from './endpoint.ts'

/** The thread that listens at all dropped ports of this process and never accepts. */
export class DropKeeper implements AsyncDisposable {
  readonly #worker: Worker
  readonly #requests: MessagePort
  readonly #signal: Int32Array<SharedArrayBuffer>
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>()
  readonly #ended: Promise<void>
  /** Why nobody can be served any more. */
  #failure: HarnessError | undefined
  #nextId = 1

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#requests = port1
    this.#signal = new Int32Array(new SharedArrayBuffer(4))
    const workerData: DropWorkerData = { requests: port2, signal: this.#signal }
    // The file has this one's extension: .ts from source, .js in the published package.
    const file = new URL(`./drop-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)
    this.#worker = new Worker(file, { workerData, transferList: [port2], execArgv: [], name: 'dropped ports' })
    port1.on('message', (reply: DropReply) => void this.#settle(reply))
    this.#worker.on('error', (error) => this.#failAll(error))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#failAll(new Error('the thread ended'))
        resolve()
      })
    })
  }

  /** Resolves with an id when the kernel ignores whoever connects to any of `endpoints`. */
  async hold(endpoints: readonly Endpoint[]): Promise<number> {
    const id = this.#nextId++
    await this.#ask({ kind: 'hold', id, endpoints })
    return id
  }

  /** Resolves when the ports of `id` are free again. */
  release(id: number): Promise<void> {
    return this.#ask({ kind: 'release', id })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#post({ kind: 'end' })
    await this.#ended
    this.#requests.close()
  }

  #ask(request: Exclude<DropRequest, { kind: 'end' }>): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = Promise.withResolvers<void>()
    this.#waiting.set(request.id, answer)
    this.#post(request)
    return answer.promise
  }

  #post(request: DropRequest): void {
    this.#requests.postMessage(request)
    Atomics.add(this.#signal, 0, 1)
    Atomics.notify(this.#signal, 0)
  }

  async #settle(reply: DropReply): Promise<void> {
    const answer = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.kind === 'done') answer?.resolve()
    else answer?.reject(await bindError(Object.assign(new Error(reply.text), { code: reply.code }), reply.endpoint))
  }

  #failAll(cause: unknown): void {
    this.#failure ??= new HarnessError('start-failed', 'the thread that holds dropped ports ended; start again.', {
      cause,
    })
    for (const answer of this.#waiting.values()) answer.reject(this.#failure)
    this.#waiting.clear()
  }
}
