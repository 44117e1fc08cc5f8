import type { ComponentHost } from '../../../harness/host/component-host.ts'
import { BoundedLog } from '../bounded-log.ts'
import type { Product } from '../product.ts'
import { LogTail } from './log-tail.ts'
import type { LoggedError, RequestEntry } from './real-log.ts'
import type { RealProduct } from './real-product.ts'
import { isWebSocket, type RequestTally } from './request-tally.ts'
import type { SiteFiles } from './site-plan.ts'

export interface LogKeeperOptions {
  readonly host: Pick<ComponentHost, 'journal'>
  readonly real: RealProduct
  readonly product: Product
  readonly files: SiteFiles
  readonly tally: RequestTally
  readonly maxLines: number
  /** The host that calls from an address of the model. */
  callerAt(address: string): string | undefined
}

const MAX_URL = 200

/** Reads what a real web server logs, keeps the last lines, and writes the component's journal from them. */
export class LogKeeper implements Disposable {
  readonly access: BoundedLog
  readonly errors: BoundedLog
  readonly #options: LogKeeperOptions
  readonly #tails: readonly LogTail[]
  readonly #waiting = new Set<{ readonly fits: (text: string) => boolean; readonly resolve: (text: string) => void }>()

  constructor(options: LogKeeperOptions) {
    const { files, maxLines, real } = options
    this.#options = options
    this.access = new BoundedLog(maxLines)
    this.errors = new BoundedLog(maxLines)
    this.#tails = [
      new LogTail(files.errorLog, (line) => this.#onError(line)),
      new LogTail(files.accessLog, (line) => this.access.write(line)),
      new LogTail(files.entryLog, (line) => {
        const entry = real.entry(line)
        if (entry) this.#onRequest(entry)
      }),
    ]
  }

  /** Reads what has been written until now. */
  drain(): void {
    for (const tail of this.#tails) tail.drain()
  }

  /** The next text of the error log that fits. The caller gives up by itself. */
  next(fits: (text: string) => boolean): Promise<string> {
    return new Promise((resolve) => void this.#waiting.add({ fits, resolve }))
  }

  [Symbol.dispose](): void {
    for (const tail of this.#tails) tail[Symbol.dispose]()
    this.#waiting.clear()
  }

  #onError(line: string): void {
    const read = this.#options.real.errorLine(line)
    if (!read || read.isShown) this.errors.write(line)
    if (!read) return
    for (const waiter of [...this.#waiting]) {
      if (!waiter.fits(read.text)) continue
      this.#waiting.delete(waiter)
      waiter.resolve(read.text)
    }
    if (read.error) this.#onLoggedError(read.error)
  }

  #onLoggedError(logged: LoggedError): void {
    const { host, tally, product } = this.#options
    if (logged.type !== 'upstream-failed') {
      host.journal(logged.type, logged.facts)
      return
    }
    const { failure } = logged
    const upstream = tally.named(logged.upstream)
    tally.failed(logged.upstream, performance.now())
    host.journal('upstream-failed', {
      ...{
        client: this.#client(logged.client),
        route: logged.way ?? upstream?.way ?? '',
        upstream: upstream?.host ?? '',
      },
      ...{ port: upstream?.port ?? 0, kind: failure.kind, code: failure.code, detail: failure.detail },
      status: product.failed(failure).status,
    })
  }

  #onRequest(entry: RequestEntry): void {
    const { host, tally } = this.#options
    const { method, status, answered } = entry
    const [client, url] = [this.#client(entry.client), entry.url.slice(0, MAX_URL)]
    const upstream = tally.named(entry.upstreams.at(-1) ?? '')?.host ?? ''
    tally.request(entry)
    host.journal('request', { client, method, url, status, upstream })
    if (isWebSocket(entry)) host.journal('websocket-closed', { client, upstream })
    if (status >= 400 && !answered) host.journal('refused', { client, url, status })
  }

  #client(address: string): string {
    return this.#options.callerAt(address) ?? address
  }
}
