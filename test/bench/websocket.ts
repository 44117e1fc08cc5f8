import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { Bench } from './bench.ts'
import { inTurn, median, ratio } from './statistics.ts'
import type { PushPlace } from './websocket-server.ts'

const CLIENTS = 1_000
const AT_ONCE = 50
const ROUNDS = 15
const PUSHES = 5

interface Crowd extends AsyncDisposable {
  readonly server: ChildProcess
  /** Called at each update that a client gets. */
  onUpdate: () => void
}

interface Delivery {
  /** From asking for the update until the last client has it. */
  readonly untilLastMs: number
  /** From the first client to the last one. */
  readonly fanOutMs: number
}

/** One update to a thousand clients of the application server, beside the same by bare ws. Servers and clients have a process each. */
export const websocket: Bench = {
  name: 'websocket',
  title: `WebSocket: one update to ${CLIENTS} clients over TLS, beside bare ws`,
  async run() {
    await using landscape = await crowdAt('landscape')
    await using bare = await crowdAt('bare')
    const whole = { landscape: [] as number[], bare: [] as number[] }
    const measured = (crowd: Crowd, untilLast: number[]) => async () => {
      const deliveries: Delivery[] = []
      for (let push = 0; push < PUSHES; push++) deliveries.push(await delivery(crowd))
      untilLast.push(...deliveries.map(({ untilLastMs }) => untilLastMs))
      return CLIENTS / (median(deliveries.map(({ fanOutMs }) => fanOutMs)) / 1_000)
    }
    const rates = await inTurn(ROUNDS, {
      landscape: measured(landscape, whole.landscape),
      bare: measured(bare, whole.bare),
    })
    return [
      { name: 'bare ws: first client to last', value: median(rates.bare), unit: '/s' },
      { name: 'landscape: first client to last', value: median(rates.landscape), unit: '/s' },
      { name: 'landscape / bare', value: ratio(rates.landscape, rates.bare), unit: '×', required: { atLeast: 0.85 } },
      { name: 'bare ws: send to last client', value: median(whole.bare), unit: 'ms' },
      { name: 'landscape: secret created in SQL Server to last client', value: median(whole.landscape), unit: 'ms' },
    ]
  },
}

let pushed = 0

async function delivery(crowd: Crowd): Promise<Delivery> {
  const { promise: everybody, resolve } = Promise.withResolvers<void>()
  let got = 0
  let first = 0
  crowd.onUpdate = () => {
    got += 1
    if (got === 1) first = performance.now()
    if (got === CLIENTS) resolve()
  }
  const asked = performance.now()
  crowd.server.send(++pushed)
  await everybody
  const last = performance.now()
  return { untilLastMs: last - asked, fanOutMs: last - first }
}

async function crowdAt(kind: 'landscape' | 'bare'): Promise<Crowd> {
  const server = fork(join(import.meta.dirname, 'websocket-server.ts'), [kind], { execArgv: [] })
  const died = once(server, 'exit').then(([code]) => Promise.reject(new Error(`the ${kind} server ended: ${code}`)))
  const [message] = await Promise.race([once(server, 'message'), died])
  const place = message as PushPlace // our own websocket-server.ts is the only sender
  const sockets: WebSocket[] = []
  const crowd: Crowd = {
    server,
    onUpdate: () => {},
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate()
      server.disconnect()
      await once(server, 'exit')
    },
  }
  died.catch(() => undefined)
  while (sockets.length < CLIENTS) {
    const batch = Array.from({ length: AT_ONCE }, () => loggedIn(place, () => crowd.onUpdate()))
    sockets.push(...(await Promise.all(batch)))
  }
  return crowd
}

async function loggedIn({ address, port, ca, name, token }: PushPlace, onUpdate: () => void): Promise<WebSocket> {
  // Handed on to tls.connect; ws' types do not name it.
  const certified = { ca, servername: name }
  const socket = new WebSocket(`wss://${address}:${port}/`, { ...certified, perMessageDeflate: false })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'login', token }))
  await once(socket, 'message')
  socket.on('message', onUpdate)
  return socket
}
