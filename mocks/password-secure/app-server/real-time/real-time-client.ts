import type { WebSocket } from 'ws'
import { closeCodes, realTimeLogin } from '../../protocol/real-time-messages.ts'
import { refusals } from '../../protocol/refusal.ts'
import { guarded } from '../access/guarded.ts'
import type { Peer } from '../access/peer.ts'
import type { AppServer } from '../app-server.ts'
import type { SessionUser } from '../store/sessions.ts'
import type { StoredUpdate } from '../store/updates.ts'
import type { UpdateFeed } from './update-feed.ts'

const LISTEN = 'real-time'

/** One WebSocket: logs in with its first message, then hears of what its user may read. */
export class RealTimeClient {
  readonly #server: AppServer
  readonly #feed: Pick<UpdateFeed, 'subscribe'>
  readonly #socket: WebSocket
  readonly #peer: Peer
  readonly #owned = new DisposableStack()
  #user: SessionUser | undefined
  #asked = false

  constructor(server: AppServer, feed: Pick<UpdateFeed, 'subscribe'>, socket: WebSocket, peer: Peer) {
    this.#server = server
    this.#feed = feed
    this.#socket = socket
    this.#peer = peer
    const { unauthenticatedIdleMs } = server.settings
    const tooLong = setTimeout(() => {
      this.#journal('idle-closed', { afterMs: unauthenticatedIdleMs })
      this.#close('login-timed-out')
    }, unauthenticatedIdleMs)
    this.#owned.defer(() => clearTimeout(tooLong))
    socket.on('message', (data, isBinary) => this.#take(isBinary ? undefined : String(data)))
    socket.on('error', (error: Error & { code?: string }) =>
      this.#journal('garbage', { code: error.code ?? '', text: error.message }),
    )
    socket.once('close', (code) => {
      this.#owned.dispose()
      if (this.#user) this.#journal('real-time-closed', { user: this.#user.name, code })
    })
    this.#loggedIn = () => clearTimeout(tooLong)
  }

  readonly #loggedIn: () => void

  #journal(type: string, facts: Record<string, string | number>): void {
    this.#server.host.journal(type, { port: LISTEN, from: this.#peer.name, ...facts })
  }

  #close(why: keyof typeof closeCodes, text: string = why): void {
    this.#socket.close(closeCodes[why], text)
  }

  #take(text: string | undefined): void {
    const parsed = realTimeLogin.safeParse(jsonOf(text))
    if (this.#asked || !parsed.success) {
      this.#journal('garbage', { code: this.#asked ? 'unexpected-message' : 'no-login' })
      this.#close('not-logged-in')
      return
    }
    this.#asked = true
    this.#server.host.background('real-time login', () => this.#login(parsed.data.token))
  }

  async #login(token: string): Promise<void> {
    const { host, logins, sessions } = this.#server
    const outcome = await guarded(this.#server, 'real-time login', async () => {
      const authorized = await logins.authorize(token)
      if (authorized.ok) await this.#subscribe()
      return authorized
    })
    this.#journal('real-time-login', {
      user: outcome.ok ? outcome.value.name : '',
      result: outcome.ok ? 'ok' : outcome.code,
    })
    if (!outcome.ok) {
      this.#close('not-logged-in', refusals[outcome.code])
      return
    }
    if (this.#owned.disposed) return
    this.#loggedIn()
    const { name, expiresAt } = outcome.value
    const since = host.now().toISOString()
    const end = () => this.#close('session-ended')
    this.#owned.use(sessions.add({ user: name, channel: LISTEN, from: this.#peer.name, since, token, expiresAt, end }))
    this.#user = outcome.value
    this.#socket.send(JSON.stringify({ type: 'ready', server: host.name }))
  }

  async #subscribe(): Promise<void> {
    const subscription = await this.#feed.subscribe((update, now) => this.#push(update, now))
    // It may have closed meanwhile.
    if (this.#owned.disposed) subscription[Symbol.dispose]()
    else this.#owned.use(subscription)
  }

  #push({ update, readers }: StoredUpdate, now: Date): void {
    const user = this.#user
    if (!user || !readers.has(user.id) || this.#socket.readyState !== this.#socket.OPEN) return
    const { settings } = this.#server
    if (user.expiresAt <= now) {
      this.#close('session-ended')
      return
    }
    if (this.#socket.bufferedAmount > settings.maxQueuedBytes) {
      this.#journal('too-slow', { user: user.name, queuedBytes: this.#socket.bufferedAmount })
      // It does not read, so it would not read a close frame either.
      this.#socket.terminate()
      return
    }
    this.#socket.send(encoded(update), { binary: false })
  }
}

// One update goes to many: it is written out once, not for each of them.
const written = new WeakMap<StoredUpdate['update'], Buffer>()

function encoded(update: StoredUpdate['update']): Buffer {
  const bytes = written.get(update) ?? Buffer.from(JSON.stringify(update))
  written.set(update, bytes)
  return bytes
}

function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
