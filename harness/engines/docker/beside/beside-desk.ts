import { HarnessError, messageOf } from '../../../context/error.ts'
import type { BesideProgram, BesideSpec } from '../../../host/beside.ts'
import type { StartedBeside } from '../link/protocol.ts'
import type { Dockerode } from '../runtime-client.ts'
import { unlessGone } from '../sweep.ts'

export interface BesideDeskOptions {
  readonly docker: Dockerode
  /** The run's name, with which those of its containers and volumes begin. */
  readonly run: string
  readonly labels: Readonly<Record<string, string>>
  /** Images that the landscape wants, whose licences have been accepted. */
  readonly images: ReadonlySet<string>
}

/** What a program's own starter is told. */
export interface ProgramStart {
  readonly spec: BesideSpec
  /** The container whose network it stands in. */
  readonly owner: string
  /** Of its own container. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The engine's volume for its data folder. */
  readonly volume: string
  /** Fires when nobody waits for the program any more: a container that has been made then is not to be started. */
  readonly signal: AbortSignal
  notStarted(reason: string, cause: unknown): HarnessError
}

/** Starters by program, loaded where a landscape has one. Each gives the id of a container that is ready. */
const starters: Readonly<Record<BesideProgram, (start: ProgramStart) => Promise<string>>> = {
  'sql-server': async (start) => (await import('./sql-server-container.ts')).startSqlServerContainer(start),
}

/** How long a program has for its end before it is killed; a database writes its last pages. */
const STOP_SECONDS = 10

/** Vendors' programs beside the hosts of one run. Disposing removes their containers and their data. */
export class BesideDesk implements AsyncDisposable {
  readonly #options: BesideDeskOptions
  /** Names of all that were ever started: what is gone already is no trouble to remove. */
  readonly #containers = new Set<string>()
  readonly #volumes = new Set<string>()
  readonly #starting = new Set<Promise<unknown>>()
  readonly #closing = new AbortController()
  #count = 0

  constructor(options: BesideDeskOptions) {
    this.#options = options
  }

  start(host: string, spec: BesideSpec, given: AbortSignal): Promise<StartedBeside> {
    const starting = this.#start(host, spec, AbortSignal.any([given, this.#closing.signal]))
    this.#starting.add(starting)
    const over = () => void this.#starting.delete(starting)
    starting.then(over, over)
    return starting
  }

  async #start(host: string, spec: BesideSpec, signal: AbortSignal): Promise<StartedBeside> {
    const { docker, run, labels, images } = this.#options
    if (!images.has(spec.image)) {
      const text = `${host} wants the image ${spec.image}, which the landscape did not name when it was started`
      throw new HarnessError('usage', text)
    }
    signal.throwIfAborted()
    const volume = `${run}-${host}-${spec.program}`
    const fresh = !this.#volumes.has(volume)
    this.#volumes.add(volume)
    if (fresh) await docker.createVolume({ Name: volume, Labels: { ...labels } })
    this.#count++
    const name = `${volume}-${this.#count}`
    this.#containers.add(name)
    const notStarted = (reason: string, cause: unknown) =>
      new HarnessError('start-failed', `${spec.image} did not start on ${host}: ${reason}`, { cause })
    // A container that is gone is not waited for any longer.
    // Where the engine refuses that, the removal below tells of it.
    const giveUp = () => void this.#remove(name).catch(() => undefined)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      const owner = `${run}-${host}`
      const id = await starters[spec.program]({ spec, owner, name, labels, volume, signal, notStarted })
      signal.throwIfAborted()
      return { id, fresh }
    } catch (error) {
      await this.#remove(name)
      signal.throwIfAborted()
      throw error instanceof HarnessError ? error : notStarted(messageOf(error), error)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  async end(id: string, how: 'stop' | 'kill'): Promise<void> {
    const container = this.#options.docker.getContainer(id)
    await unlessGone(how === 'kill' ? container.kill() : container.stop({ t: STOP_SECONDS }))
    await unlessGone(container.remove({ force: true, v: true }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { docker } = this.#options
    this.#closing.abort(new HarnessError('interrupted', 'the landscape is being taken down'))
    await Promise.allSettled(this.#starting)
    await Promise.all(Array.from(this.#containers, (name) => this.#remove(name)))
    await Promise.all(Array.from(this.#volumes, (name) => unlessGone(docker.getVolume(name).remove())))
  }

  #remove(container: string): Promise<void> {
    return unlessGone(this.#options.docker.getContainer(container).remove({ force: true, v: true }))
  }
}
