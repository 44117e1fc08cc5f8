import { readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { codeOf, messageOf } from '../context/error.ts'
import type { DropReply, DropRequest, DropWorkerData } from './drop-protocol.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import { listeningRows } from './proc-net-tcp.ts'

/*
 * Listens and never accepts. Everything here happens without returning to the event loop (`listen` and `connect` of a
 * literal address need next ticks only), because the loop would accept what waits; between two requests the thread
 * sleeps in Atomics.wait. With a backlog of 1 Linux queues two connections, then ignores every SYN.
 */
const BACKLOG = 1
const FILLERS = BACKLOG + 1
const FILL_DEADLINE_MS = 5000
const FILL_LOOK_MS = 1

interface Held {
  readonly server: Server
  readonly fillers: readonly Socket[]
}

const { requests, signal }: DropWorkerData = workerData
const pause = new Int32Array(new SharedArrayBuffer(4))
const heldById = new Map<number, Held[]>()

for (let running = true; running; ) {
  const seen = Atomics.load(signal, 0)
  const received: { message: DropRequest } | undefined = receiveMessageOnPort(requests)
  if (received === undefined) Atomics.wait(signal, 0, seen)
  else running = await serve(received.message)
}
for (const id of heldById.keys()) release(id)
requests.close()

async function serve(request: DropRequest): Promise<boolean> {
  if (request.kind === 'end') return false
  const reply = request.kind === 'hold' ? await hold(request.id, request.endpoints) : release(request.id)
  requests.postMessage(reply)
  return true
}

async function hold(id: number, endpoints: readonly Endpoint[]): Promise<DropReply> {
  const held: Held[] = []
  heldById.set(id, held)
  let at: Endpoint | undefined = endpoints[0]
  try {
    for (const endpoint of endpoints) {
      at = endpoint
      const server = await listenDeaf(endpoint)
      const fillers = Array.from({ length: FILLERS }, () => fill(endpoint))
      held.push({ server, fillers })
    }
    await new Promise<void>((resolve) => process.nextTick(resolve)) // the last connects have left
    at = waitUntilFull(endpoints)
    if (at === undefined) return { kind: 'done', id }
    throw new Error(`the queue of ${endpointText(at)} did not fill within ${FILL_DEADLINE_MS} ms`)
  } catch (error) {
    release(id)
    const endpoint = at ?? { address: '', port: 0 }
    return { kind: 'failed', id, endpoint, code: codeOf(error) ?? '', text: messageOf(error) }
  }
}

function release(id: number): DropReply {
  for (const { server, fillers } of heldById.get(id) ?? []) {
    server.close() // first, so that the kernel resets what is queued and nothing lingers in TIME_WAIT
    for (const filler of fillers) filler.destroy()
  }
  heldById.delete(id)
  return { kind: 'done', id }
}

function listenDeaf({ address, port }: Endpoint): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true, backlog: BACKLOG }, () => resolve(server))
  })
}

function fill({ address, port }: Endpoint): Socket {
  const filler = connect({ host: address, port })
  filler.on('error', () => filler.destroy())
  return filler
}

/** The first endpoint whose queue stays short of full, none if all are. The kernel may queue a little after `connect`. */
function waitUntilFull(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const wanted = new Map(endpoints.map((endpoint) => [endpointText(endpoint), endpoint]))
  const startMs = performance.now()
  for (;;) {
    for (const row of listeningRows(readFileSync('/proc/net/tcp', 'utf8'))) {
      if (row.queued > BACKLOG) wanted.delete(endpointText(row.endpoint))
    }
    const [missing] = wanted.values()
    if (missing === undefined || performance.now() - startMs > FILL_DEADLINE_MS) return missing
    Atomics.wait(pause, 0, 0, FILL_LOOK_MS)
  }
}
