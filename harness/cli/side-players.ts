import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { HarnessError, messageOf } from '../context/error.ts'
import type { Case } from '../scenario/cases.ts'
import type { Player } from '../scenario/player.ts'
import type { FromSidePlayer, ToSidePlayer } from './side-player-messages.ts'

/**
 * Of a process that plays for some seconds beside others, one a processor. With more threads V8 compiles and collects
 * garbage in the way of the scenarios, and at its own thresholds (400 and 3,000 calls) it optimizes two thousand functions,
 * most of which then hardly run: a twentieth of a verification each. The thresholds are flags of V8, which come and go.
 */
export const PLAYER_FLAGS: readonly string[] = [
  '--v8-pool-size=1',
  ...(process.versions.v8.startsWith('14.')
    ? ['--invocation-count-for-maglev=4000', '--invocation-count-for-turbofan=20000']
    : []),
]

const PROGRAM = fileURLToPath(new URL('./landscape.js', import.meta.url))

/** Processes that play cases beside this one, each on a landscape of its own. Disposing waits until they have ended. */
export interface SidePlayers extends AsyncDisposable {
  /** So many landscapes start, in the processes that are there already and in more; those that are too many end. Called once. */
  start(count: number, start: Start, onFailed: (reason: string) => void): readonly Promise<StartedPlayer>[]
  /** A private key that the first landscape has taken, PKCS#8 PEM: theirs may use it too. */
  lend(key: string): void
  /** Their landscapes stop; nobody waits for it yet. */
  end(): void
}

type Start = Extract<ToSidePlayer, { start: unknown }>['start']

/** Undefined for one that did not start; who started it was told why. */
type StartedPlayer = Player | undefined

/** `early` processes begin at once, and load what they need while it is found out how many landscapes are worth it. */
export function sidePlayers(early: number): SidePlayers {
  const sides = Array.from({ length: early }, () => new SidePlayer())
  const started = async (
    side: SidePlayer,
    start: Start,
    onFailed: (reason: string) => void,
  ): Promise<StartedPlayer> => {
    try {
      await side.start(start)
      return side
    } catch (error) {
      // The run can be over before a landscape beside it stands.
      if (!side.ended) onFailed(messageOf(error))
      return undefined
    }
  }
  return {
    start(count, start, onFailed) {
      while (sides.length < count) sides.push(new SidePlayer())
      for (const side of sides.slice(count)) side.end()
      return sides.slice(0, count).map((side) => started(side, start, onFailed))
    },
    lend(key) {
      for (const side of sides) side.lend(key)
    },
    end() {
      for (const side of sides) side.end()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(sides.map((side) => side[Symbol.asyncDispose]()))
    },
  }
}

type Answer = Exclude<FromSidePlayer, { type: 'failed' }>

class SidePlayer implements Player, AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  #answer = Promise.withResolvers<Answer>()
  /** Undefined once it starts. */
  #early: string[] | undefined = []
  #ended = false

  constructor() {
    this.#child = fork(PROGRAM, ['play-beside'], {
      execArgv: [...process.execArgv, ...PLAYER_FLAGS],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#exited = once(this.#child, 'exit').catch((error: unknown) => this.#answer.reject(error))
    this.#child.on('message', (message: FromSidePlayer) => {
      if (message.type === 'failed') this.#answer.reject(new HarnessError('not-running', message.message))
      else this.#answer.resolve(message)
    })
    this.#child.once('exit', (code, signal) =>
      this.#answer.reject(
        new HarnessError('not-running', `a process that played scenarios has ended (${signal ?? code})`),
      ),
    )
    // An end that nobody waits for at the moment is told to whoever asks next.
    this.#answer.promise.catch(() => undefined)
  }

  async start(start: Start): Promise<void> {
    await this.#answer.promise
    const early = this.#early ?? []
    this.#early = undefined
    for (const key of early) this.lend(key)
    await this.#ask({ start })
  }

  lend(key: string): void {
    if (this.#early) this.#early.push(key)
    // One that has ended needs none.
    else if (this.#child.connected) this.#child.send({ key } satisfies ToSidePlayer, () => {})
  }

  async play({ id }: Case, signal: AbortSignal) {
    signal.throwIfAborted()
    const aborted = () => this.#answer.reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    try {
      const answer = await this.#ask({ play: id })
      if (answer.type === 'result') return answer.result
      throw new HarnessError('internal', `a process that plays scenarios has answered ${id} with "${answer.type}"`)
    } finally {
      signal.removeEventListener('abort', aborted)
    }
  }

  /** It was told to end, which is no failure of its own. */
  get ended(): boolean {
    return this.#ended
  }

  end(): void {
    this.#ended = true
    // Before it is told to start it owns nothing that it would have to stop.
    if (this.#early) this.#child.kill('SIGKILL')
    if (this.#child.connected) this.#child.disconnect()
  }

  async #ask(question: ToSidePlayer): Promise<Answer> {
    this.#answer = Promise.withResolvers()
    this.#answer.promise.catch(() => undefined)
    this.#child.send(question, (error) => {
      if (error) this.#answer.reject(error)
    })
    return this.#answer.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
    await this.#exited
  }
}
