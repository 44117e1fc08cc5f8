import './parse-at-once.ts'
import { HarnessError, messageOf } from '../context/error.ts'
import { type Case, casesOf } from '../scenario/cases.ts'
import { type Player, playerOn } from '../scenario/player.ts'
import { standard } from '../standard.ts'
import type { Command } from './commander.ts'
import type { FromSidePlayer, ToSidePlayer } from './side-player-messages.ts'

/** Plays cases for the run that started this process, on a landscape of its own, until the channel between them closes. */
export function define(command: Command): void {
  command.action(playBeside)
}

async function playBeside(): Promise<void> {
  if (!process.send) throw new HarnessError('usage', 'play-beside is what "landscape verify --jobs" starts')
  if (!process.connected) return
  // Ctrl-C reaches every process of the terminal: the run decides, and closes the channel.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
  const ending = new AbortController()
  const disconnected = Promise.withResolvers<void>()
  process.once('disconnect', () => {
    ending.abort(new Error('the run has ended'))
    disconnected.resolve()
  })
  await using owned = new AsyncDisposableStack()
  const keys: string[] = []
  const play = playing(owned, keys, ending.signal)
  let work = Promise.resolve()
  process.on('message', (message: ToSidePlayer) => {
    if ('key' in message) {
      keys.push(message.key)
      return
    }
    work = work
      .then(() => play(message))
      .then(tell, (error: unknown) => tell({ type: 'failed', message: messageOf(error) }))
  })
  tell({ type: 'listening' })
  await disconnected.promise
  await work
}

function playing(owned: AsyncDisposableStack, keys: string[], signal: AbortSignal) {
  // Loaded while the run still finds out what it is to start.
  const scenarios = standard.scenarios()
  scenarios.catch(() => undefined)
  const cases = new Map<string, Case>()
  const sharedKeys = { borrow: () => keys.shift() }
  let player: Player | undefined
  return async (message: Exclude<ToSidePlayer, { key: string }>): Promise<FromSidePlayer> => {
    if ('start' in message) {
      const { source, options } = message.start
      const lab = owned.use(await standard.startLandscape(source, { ...options, sharedKeys, signal }))
      for (const scenario of await scenarios) {
        for (const played of casesOf(scenario, lab.landscape)) cases.set(played.id, played)
      }
      player = playerOn(lab)
      return { type: 'ready' }
    }
    const played = cases.get(message.play)
    if (!player || !played) throw new Error(`there is no case ${message.play}`)
    return { type: 'result', result: await player.play(played, signal) }
  }
}

const tell = (message: FromSidePlayer): void => {
  // Whoever was killed, or has closed the channel, has no use for it: that the channel closes is told as `disconnect`.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
