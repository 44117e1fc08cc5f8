import { readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { withDeadline } from '../../../harness/context/deadline.ts'
import { HarnessError } from '../../../harness/context/error.ts'
import { OwnedProgram } from '../../../harness/host/owned-program.ts'
import type { LogKeeper } from './log-keeper.ts'
import { openConnections } from './open-connections.ts'
import type { RealProduct } from './real-product.ts'
import type { SiteAccount } from './site-folder.ts'
import type { SiteFiles } from './site-plan.ts'

export interface RealServerOptions {
  /** As errors name it. */
  readonly name: string
  readonly path: string
  readonly real: RealProduct
  readonly files: SiteFiles
  readonly settleAt: string
  readonly keeper: LogKeeper
  readonly account: SiteAccount | undefined
  /** It ended although nobody asked it to. */
  onCrash(text: string): void
}

const READY_MS = 20_000
/** Apache waits for a WebSocket's thread, which nobody needs any more. */
const STOP_MS = 1_000
const SETTLE_MS = 10_000

/** A real web server's program: started, reloaded, restarted, asked whether it stands, and seen when it ends. */
export class RealServer implements AsyncDisposable {
  readonly #options: RealServerOptions
  #program: OwnedProgram | undefined
  #standing: Promise<void> = Promise.reject(new HarnessError('not-running', 'it was never started'))
  /** Reloads and restarts, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: RealServerOptions) {
    this.#options = options
    this.#standing.catch(() => {})
  }

  /** Resolves once it takes requests; rejects when it is gone. */
  standing(): Promise<void> {
    return this.#standing
  }

  /** Starts the program and waits until it has answered. Fails with `start-failed` and what it said last. */
  async start(signal: AbortSignal): Promise<void> {
    this.#standing = this.#bringUp(signal)
    await this.#standing
  }

  /** Ends it with all of its connections, which `cut` ends, and starts it again. Who comes meanwhile waits. */
  restart(signal: AbortSignal, cut: () => void): Promise<void> {
    return this.#inTurn(async () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      promise.catch(() => {})
      this.#standing = promise
      try {
        cut()
        await this.#takeDown()
        await this.#bringUp(signal)
        resolve()
      } catch (error) {
        reject(error)
        throw error
      }
    })
  }

  /** Has it read its configuration anew; connections that stand go on. Gives why it keeps the old one, where it does. */
  reload(signal: AbortSignal): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const program = this.#program
      if (!program || program.isGone) return undefined
      const { real, keeper, name } = this.#options
      const done = keeper.next((text) => real.isReloaded(text) || real.isUnresolved(text))
      program.signal(real.reloadSignal)
      const text = await this.#orItsEnd(program, done, `${name} to take its new settings`, signal)
      await this.settle()
      return real.isUnresolved(text) ? text : undefined
    })
  }

  /** All that it has done until now is in the logs afterwards. */
  async settle(): Promise<void> {
    const program = this.#program
    if (program && !program.isGone) await this.#ask()
    this.#options.keeper.drain()
  }

  /** Connections that its processes hold, by the address at the other end. */
  openConnections(): ReadonlyMap<string, number> {
    if (!this.#program || this.#program.isGone) return new Map()
    return openConnections(readFileSync('/proc/self/net/tcp', 'utf8'), this.#options.account?.uid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn
    await this.#takeDown()
  }

  async #takeDown(): Promise<void> {
    const program = this.#program
    this.#program = undefined
    await program?.[Symbol.asyncDispose]()
  }

  async #bringUp(signal: AbortSignal): Promise<void> {
    const { name, path, real, files, keeper, onCrash } = this.#options
    // One that was killed leaves its sockets behind, and would not find them free.
    rmSync(`${files.run}/http.sock`, { force: true })
    rmSync(`${files.run}/https.sock`, { force: true })
    rmSync(`${files.run}/settle.sock`, { force: true })
    const ready = keeper.next((text) => real.isReady(text))
    const program = new OwnedProgram({ name, path, args: real.args(files), stopMs: STOP_MS })
    try {
      await this.#orItsEnd(program, ready, `${name} to be ready`, signal)
      this.#program = program
      await this.settle()
    } catch (error) {
      this.#program = undefined
      await program[Symbol.asyncDispose]()
      throw error
    }
    program.ended.then((how) => {
      if (this.#program !== program) return
      const failure = this.#failure(program, how)
      this.#standing = Promise.reject(failure)
      this.#standing.catch(() => {})
      onCrash(failure.message)
    })
  }

  /** Waits for something that the program is to do, and not longer than it lives. */
  async #orItsEnd<T>(program: OwnedProgram, done: Promise<T>, what: string, signal: AbortSignal): Promise<T> {
    const { keeper } = this.#options
    const lastSeen = () => keeper.errors.last(1)[0] ?? 'nothing in its error log'
    const gone = program.ended.then((how): never => {
      throw this.#failure(program, how)
    })
    return withDeadline({ what, timeoutMs: READY_MS, signal, lastSeen }, () => Promise.race([done, gone]))
  }

  #failure(program: OwnedProgram, how: string): HarnessError {
    const { keeper } = this.#options
    keeper.drain()
    const said = program.lastLines()
    return program.failure(how, said.length > 0 ? said : keeper.errors.last(5))
  }

  /** A request that nobody logs, and who answers it has logged what came before. */
  #ask(): Promise<void> {
    const { real, settleAt, name } = this.#options
    const target = real.dial(settleAt)
    const place = 'path' in target ? { socketPath: target.path } : { host: target.host, port: target.port }
    return withDeadline({ what: `${name} to answer`, timeoutMs: SETTLE_MS }, (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const asked = request({ ...place, path: '/', agent: false, headers: { host: 'settle' }, signal }, (answer) => {
        answer.resume().once('end', resolve).once('error', reject)
      })
      asked.once('error', reject).end()
      return promise
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}
