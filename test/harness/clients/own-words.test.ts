import { once } from 'node:events'
import { createServer } from 'node:net'
import { createTransport } from 'nodemailer'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SHORT_PATIENCE_MS } from './environment.ts'
import { type Lab, openLab } from './lab.ts'
import { nothingLeft } from './nothing-left.ts'

let lab: Lab
/** Its clients have little patience. */
let hasty: Lab
let left: () => Promise<void>
beforeAll(async () => {
  left = nothingLeft()
  lab = await openLab()
  hasty = await openLab({ patienceMs: SHORT_PATIENCE_MS })
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await hasty[Symbol.asyncDispose]()
  await left()
})

const mail = { from: 'a@corp.example', to: 'b@corp.example', subject: 's', text: 't' }

/** Each library as it comes, with no more than a time-out and a root, beside the same library as a host has it. */
const clients = {
  async undici(url: string, { root: ca, environment: { patienceMs } }: Lab) {
    const timeouts = { headersTimeout: patienceMs, bodyTimeout: patienceMs }
    const dispatcher = new Agent({ connect: { ca, timeout: patienceMs }, ...timeouts })
    return request(url, { dispatcher }).finally(() => dispatcher.destroy())
  },
  async ws(url: string, { root: ca, environment: { patienceMs } }: Lab) {
    const socket = new WebSocket(url.replace('http', 'ws'), { ca, handshakeTimeout: patienceMs })
    await once(socket, 'open').finally(() => socket.terminate())
  },
  async nodemailer(url: string, { root: ca, environment: { patienceMs } }: Lab) {
    const { hostname: host, port, protocol } = new URL(url)
    const timeouts = { connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: 2 * patienceMs }
    const transport = createTransport({
      host,
      port: Number(port),
      secure: protocol === 'https:',
      tls: { ca },
      ...timeouts,
    })
    await transport.sendMail(mail).finally(() => transport.close())
  },
}

const ours = {
  undici: (url: string, { clients: { http } }: Lab) => http.request(url),
  ws: (url: string, { clients: { websocket } }: Lab) => websocket.connect(url.replace('http', 'ws')),
  nodemailer(url: string, { clients: { mail: mailer } }: Lab) {
    const { hostname: host, port, protocol } = new URL(url)
    const secure = protocol === 'https:' ? 'implicit' : 'starttls'
    return mailer.send({ host, port: Number(port), secure }, mail)
  },
}

async function told(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work
    return { worked: true }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { name, message, cause } = error
    return { name, message, cause, code: Reflect.get(error, 'code'), command: Reflect.get(error, 'command') }
  }
}

async function same(client: keyof typeof clients, url: string, from: Lab): Promise<void> {
  const [plain, here] = await Promise.all([told(clients[client](url, from)), told(ours[client](url, from))])
  expect(here).toEqual(plain)
  expect(plain).not.toHaveProperty('worked')
}

const faults = [
  ['refused', 'http', (l: Lab) => l.refused()],
  ['reset', 'http', (l: Lab) => l.reset('220 app1 ESMTP\r\n')],
  ['reset', 'https', (l: Lab) => l.reset()],
  ['closed', 'http', (l: Lab) => l.serve(createServer((socket) => void socket.end()))],
  ['closed', 'https', (l: Lab) => l.serve(createServer((socket) => void socket.end()))],
  ['with an untrusted root', 'https', (l: Lab) => l.https(() => {}, 'untrusted-root')],
  ['with another host’s name', 'https', (l: Lab) => l.https(() => {}, 'wrong-name')],
  ['without its address in the certificate', 'https', (l: Lab) => l.https(() => {})],
] as const

describe.each(['undici', 'ws', 'nodemailer'] as const)('%s fails as it does without us', (client) => {
  test.concurrent.each(faults)('%s, %s', async (_fault, scheme, make) => {
    await same(client, `${scheme}://127.0.0.1:${await make(lab)}/`, lab)
  })

  test.concurrent.each(['http', 'https'])('stalled, %s', async (scheme) => {
    await same(client, `${scheme}://127.0.0.1:${await hasty.stalled()}/`, hasty)
  })

  test.skipIf(process.platform !== 'linux')('dropped (shown on Linux only)', async () => {
    await same(client, `http://127.0.0.1:${await hasty.dropped()}/`, hasty)
  })
})
