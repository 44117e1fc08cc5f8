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
  const batch = received()
  if (batch.length === 0) Atomics.wait(signal, 0, seen)
  else running = await serve(batch)
}
for (const id of heldById.keys()) release(id)
requests.close()

function received(): readonly DropRequest[] {
  const batch: DropRequest[] = []
  for (;;) {
    const received: { message: DropRequest } | undefined = receiveMessageOnPort(requests)
    if (received === undefined) return batch
    batch.push(received.message)
  }
}

/** All requests that wait are served together, because looking whether the queues are full costs the same for all. */
async function serve(batch: readonly DropRequest[]): Promise<boolean> {
  const opened: (DropRequest & { kind: 'hold' })[] = []
  for (const request of batch) {
    if (request.kind === 'release') {
      release(request.id)
      reply({ kind: 'done', id: request.id })
    } else if (request.kind === 'hold' && (await hold(request.id, request.endpoints))) {
      opened.push(request)
    }
  }
  await new Promise<void>((resolve) => process.nextTick(resolve)) // the last connects have left
  const short = waitUntilFull(opened.flatMap(({ endpoints }) => endpoints))
  for (const { id, endpoints } of opened) {
    const missing = endpoints.find((endpoint) => short.has(endpointText(endpoint)))
    if (missing === undefined) reply({ kind: 'done', id })
    else fail(id, missing, new Error(`its queue did not fill within ${FILL_DEADLINE_MS} ms`))
  }
  return batch.every(({ kind }) => kind !== 'end')
}

async function hold(id: number, endpoints: readonly Endpoint[]): Promise<boolean> {
  const held: Held[] = []
  heldById.set(id, held)
  for (const endpoint of endpoints) {
    try {
      const server = await listenDeaf(endpoint)
      held.push({ server, fillers: Array.from({ length: FILLERS }, () => fill(endpoint)) })
    } catch (error) {
      fail(id, endpoint, error)
      return false
    }
  }
  return true
}

function release(id: number): void {
  for (const { server, fillers } of heldById.get(id) ?? []) {
    server.close() // first, so that the kernel resets what is queued and nothing lingers in TIME_WAIT
    for (const filler of fillers) filler.destroy()
  }
  heldById.delete(id)
}

function fail(id: number, endpoint: Endpoint, error: unknown): void {
  release(id)
  reply({ kind: 'failed', id, endpoint, code: codeOf(error) ?? '', text: messageOf(error) })
}

function reply(message: DropReply): void {
  requests.postMessage(message)
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

/** Those whose queue stays short of full. The kernel may queue a little after `connect` returned. */
function waitUntilFull(endpoints: readonly Endpoint[]): ReadonlySet<string> {
  const short = new Set(endpoints.map(endpointText))
  const startMs = performance.now()
  while (short.size > 0 && performance.now() - startMs < FILL_DEADLINE_MS) {
    for (const row of listeningRows(readFileSync('/proc/net/tcp', 'utf8'))) {
      if (row.queued > BACKLOG) short.delete(endpointText(row.endpoint))
    }
    if (short.size > 0) Atomics.wait(pause, 0, 0, FILL_LOOK_MS)
  }
  return short
}
