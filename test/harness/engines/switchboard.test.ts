import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { echo } from '../../support/echo-kind.ts'
import { labOf } from '../../support/lab-of.ts'

const two = {
  landscape: 'two',
  patienceMs: 20_000,
  hosts: { a: { runs: { echo: {} } }, b: { runs: { echo: {} } } },
} as const

const ask = (lab: RunningLandscape, from: string, host: string, port: number) =>
  lab.host(from).call('echo', 'ask', { host, port })

const isLinux = process.platform === 'linux'

/** How a connection from one host to a port of another ends, if it does. */
async function dial(lab: RunningLandscape, from: string, to: string, port: number, waitMs = 20_000): Promise<string> {
  const address = (await lab.host(from).names()).get(to) ?? ''
  const socket = connect({ host: address, port })
  const signal = AbortSignal.timeout(waitMs)
  try {
    await once(socket, 'connect', { signal })
    return 'connected'
  } catch (error) {
    return signal.aborted ? 'silence' : String(Reflect.get(Object(error), 'code'))
  } finally {
    socket.destroy()
  }
}

test.skipIf(!isLinux)('a drop is silent also where no flow is open', async () => {
  await using lab = await labOf(two, [echo])
  expect(await dial(lab, 'a', 'b', 443)).toBe('ECONNREFUSED')
  const { id } = await lab.inject('drop:from=a,to=b,port=443')
  expect(await dial(lab, 'a', 'b', 443, 300)).toBe('silence')
  await lab.clear(id)
  expect(await dial(lab, 'a', 'b', 443)).toBe('ECONNREFUSED')
  await lab.inject('drop:from=a,to=b')
  expect(await dial(lab, 'a', 'b', 443, 300)).toBe('silence')
  expect(await dial(lab, 'a', 'b', 1433, 300)).toBe('silence')
  expect(await dial(lab, 'b', 'a', 1433)).toBe('connected')
})

test.skipIf(!isLinux)('a firewall that drops by default is silent where no flow is open', async () => {
  await using lab = await labOf({ ...two, firewall: { default: 'drop' } }, [echo])
  expect(await dial(lab, 'a', 'b', 443, 300)).toBe('silence')
  expect(await dial(lab, 'a', 'b', 1433)).toBe('connected')
  const { id } = await lab.inject('open:from=a,to=b,port=443')
  expect(await dial(lab, 'a', 'b', 443)).toBe('connected')
  await lab.clear(id)
  expect(await dial(lab, 'a', 'b', 443, 300)).toBe('silence')
})

test('an opening that is taken back ends its connections', async () => {
  await using lab = await labOf(two, [echo], { live: true })
  const { id } = await lab.inject('open:from=a,to=b,port=443')
  const socket = connect({ host: (await lab.host('a').names()).get('b') ?? '', port: 443 })
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await lab.clear(id)
  await closed
})

test.skipIf(!isLinux)('a fault that cannot be had in full is taken back in full', async () => {
  await using lab = await labOf(two, [echo])
  const address = (await lab.host('a').names()).get('b') ?? ''
  const stranger = createServer().listen(443, address)
  await once(stranger, 'listening')
  await using _ = closing(stranger)
  await expect(lab.inject('open:from=a,to=b,port=443')).rejects.toThrow(/443/)
  expect(lab.injected).toEqual([])
  stranger.close()
  await once(stranger, 'close')
  await lab.inject('open:from=a,to=b,port=443')
  expect(await dial(lab, 'a', 'b', 443)).toBe('connected')
})

test('faults that come and go at once leave what the last one says', async () => {
  await using lab = await labOf(two, [echo])
  for (let round = 0; round < 5; round++) {
    const first = await lab.inject('open:from=a,to=b,port=443')
    const [, second] = await Promise.all([lab.clear(first.id), lab.inject('open:from=a,to=b,port=443')])
    expect(await ask(lab, 'a', 'b', 1433)).toMatchObject({ said: expect.any(String) })
    expect(await dial(lab, 'a', 'b', 443)).toBe('connected')
    await lab.clear(second.id)
    expect(await dial(lab, 'a', 'b', 443)).toBe('ECONNREFUSED')
  }
})

const many = Array.from({ length: 46 }, (_, index) => `h${index + 1}`)
const large = { landscape: 'large', hosts: Object.fromEntries(many.map((name) => [name, { runs: { echo: {} } }])) }

test.skipIf(!isLinux)(
  'ports beyond those opened at start are opened for whoever asks, by name or by address',
  async () => {
    await using lab = await labOf(large, [echo])
    const last = lab.landscape.hosts.at(-1)
    expect(lab.endpoints('h1').filter(({ to }) => to === last?.name)).toEqual([])
    expect(await ask(lab, 'h1', last?.address ?? '', 1433)).toEqual({ said: expect.stringContaining('h1 10.') })
    expect(await ask(lab, 'h2', last?.fqdn ?? '', 1433)).toEqual({ said: expect.stringContaining('h2 10.') })
    expect(await ask(lab, 'h1', last?.fqdn ?? '', 443)).toEqual({ code: 'ECONNREFUSED' })
  },
)

test('restarts do not use up the ports that are opened at start', async () => {
  await using lab = await labOf(two, [echo])
  for (let round = 0; round < 450; round++) {
    await lab.host('b').stop('echo')
    await lab.host('b').start('echo')
  }
  expect(lab.endpoints('a').map(({ to, port }) => `${to}:${port}`)).toContain('b:1433')
})

const closing = (server: Server): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  },
})
