import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addOn } from '../../../../mocks/password-secure/add-on/kind.ts'
import { encodeFrame, FrameReader } from '../../../../mocks/password-secure/protocol/frame.ts'
import {
  type ComponentHostDoubles,
  componentHostDoubles,
  type StartedDouble,
} from '../../../support/component-host-double.ts'

let doubles: ComponentHostDoubles
let running: StartedDouble

beforeEach(async () => {
  doubles = await componentHostDoubles({ patienceMs: 2_000 })
  running = await doubles.start('pc1', addOn, { settings: { unauthenticatedIdleMs: 100, maxFrameBytes: 2_048 } })
})
afterEach(() => doubles[Symbol.asyncDispose]())

/** A client that knows only bytes. */
async function dial(from: string): Promise<Socket> {
  const { address, port } = running.endpoint('add-on')
  const socket = connect({ host: address, port, localAddress: doubles.host(from).host.address })
  await once(socket, 'connect')
  return socket
}

async function next(socket: Socket): Promise<unknown> {
  const reader = new FrameReader(10_000)
  for (;;) {
    const chunk: Buffer | null = socket.read()
    if (!chunk) {
      await once(socket, 'readable')
      continue
    }
    for (const frame of reader.push(chunk)) return frame.ok ? frame.value : frame.code
  }
}

const hello = { type: 'hello', product: 'password-secure-client' }

describe('the add-on on 52120', () => {
  it('asks the client that is logged in for the credentials of a page', async () => {
    const client = await dial('pc1')
    client.write(encodeFrame(hello))
    expect(await next(client)).toEqual({ type: 'welcome' })
    client.write(encodeFrame({ type: 'logged-in', user: 'alice' }))
    expect(await next(client)).toEqual({ type: 'noted' })
    const filled = running.call('fill', { url: 'https://intranet.corp.example/' })
    expect(await next(client)).toEqual({ type: 'request-credentials', id: 1, url: 'https://intranet.corp.example/' })
    client.write(encodeFrame({ type: 'credentials', id: 1, secret: 'Intranet', username: 'it', password: 'pw' }))
    expect(await filled).toEqual({ ok: true, secret: 'Intranet', username: 'it', password: 'pw' })
    expect(await running.call('status')).toEqual({ connected: true, user: 'alice' })
    expect(JSON.stringify(running.journal)).not.toContain('pw"')
    client.destroy()
  })

  it('says so when no client is connected, and when the client does not answer', async () => {
    expect(await running.call('fill', { url: 'https://a/' })).toMatchObject({ ok: false, reason: 'no-client' })
    const client = await dial('pc1')
    client.write(encodeFrame(hello))
    await next(client)
    expect(await running.call('fill', { url: 'https://a/' })).toMatchObject({ ok: false, reason: 'timed-out' })
    client.destroy()
  })

  it('is for its own host only', async () => {
    const stranger = await dial('pc2')
    expect(await next(stranger)).toMatchObject({ type: 'refused', code: 'same-host-only' })
    expect(running.journal.map(({ type }) => type)).toContain('refused')
    stranger.destroy()
  })

  it.each([
    ['a huge length', Buffer.from('7fffffff41414141', 'hex'), 'frame-too-large'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'frame-too-large'],
    ['a message before the greeting', encodeFrame({ type: 'logged-in', user: 'x' }), 'bad-message'],
    ['an unknown message', encodeFrame({ type: '__proto__' }), 'bad-message'],
  ])('refuses %s and closes', async (_what, bytes, code) => {
    const client = await dial('pc1')
    client.write(bytes)
    expect(await next(client)).toMatchObject({ type: 'refused', code: 'bad-request' })
    client.resume()
    if (!client.closed) await once(client, 'close')
    expect(running.journal).toContainEqual(
      expect.objectContaining({ type: 'garbage', facts: expect.objectContaining({ code }) }),
    )
    expect(await running.call('status')).toEqual({ connected: false })
  })

  it('closes a connection that says nothing, and one that stops in a message', async () => {
    const [silent, half] = await Promise.all([dial('pc1'), dial('pc1')])
    half.write(encodeFrame(hello).subarray(0, 6))
    silent.resume()
    half.resume()
    await Promise.all([once(silent, 'close'), once(half, 'close')])
    expect(running.journal.filter(({ type }) => type === 'idle-closed')).toHaveLength(2)
  })
})
