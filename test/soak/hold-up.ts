import { connect } from 'node:net'
import { OPERATOR } from '../../harness/landscape/landscape.ts'
import { startLandscape } from '../../harness/standard.ts'

/** What a held landscape tells of itself, once it is up. */
export interface Held {
  readonly folder: string
  readonly endpoints: number
  /** Endpoints at which nobody answered when the operator knocked. */
  readonly silent: readonly string[]
}

/** `node hold-up.ts LANDSCAPE`: holds a landscape up until the parent lets go. */
const lab = await startLandscape(process.argv[2])
const endpoints = lab.endpoints(OPERATOR)

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

process.on('message', async () => {
  const open = await Promise.all(endpoints.map(({ address, seenPort }) => answers(address, seenPort)))
  const silent = endpoints.filter((_, index) => !open[index]).map(({ to, port }) => `${to}:${port}`)
  process.send?.({ folder: lab.folder, endpoints: endpoints.length, silent } satisfies Held)
})
process.once('disconnect', () => void lab[Symbol.asyncDispose]())
process.send?.({ folder: lab.folder, endpoints: endpoints.length, silent: [] } satisfies Held)
