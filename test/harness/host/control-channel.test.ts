import { once } from 'node:events'
import { mkdtempDisposableSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { eventStream, type RunEvent } from '../../../harness/context/events.ts'
import { connectControl } from '../../../harness/host/control-client.ts'
import { controlLimits } from '../../../harness/host/control-protocol.ts'
import { startControlServer } from '../../../harness/host/control-server.ts'
import type { ControlledRun } from '../../../harness/host/controlled-run.ts'
import type { HostHandle } from '../../../harness/host/host-handle.ts'
import type { RunFile } from '../../../harness/host/run-file.ts'
import { observation, smallLandscape } from '../report/sample-run.ts'

const host = (name: string): HostHandle => ({
  name,
  async probe(probe, input, signal) {
    if (probe === 'endless') await once(signal ?? new AbortController().signal, 'abort')
    return { ...observation(name, String(input.to), 11011, true), ended: 'completed' }
  },
  call: async (kind, action, input) => ({ kind, action, input }),
  journal: async () => [],
  stop: async () => {},
  start: async () => {},
  names: async () => new Map([['app1.corp.example', '127.3.0.4']]),
  trusted: async () => 'PEM',
  files: async () => [],
})

function fakeRun(): ControlledRun {
  const hosts = new Map(['app1', 'client1'].map((name) => [name, host(name)]))
  return {
    name: 'small-1',
    landscape: smallLandscape,
    engine: 'fake',
    seed: 7,
    readyMs: 12,
    events: eventStream(),
    hosts,
    injected: [],
    notes: [],
    host(name) {
      const found = hosts.get(name)
      if (!found) throw new HarnessError('unknown-name', `there is no host "${name}"`)
      return found
    },
    endpoints: () => [
      {
        ...{ from: 'operator', to: 'app1', kind: 'k', listen: 'l', port: 1, protocol: 'tcp' },
        ...{ address: '127.0.0.1', seenPort: 1 },
      },
    ],
    inject: async (fault) => ({ id: 'f1', fault: { fault: 'drop', to: fault } }),
    clear: async () => {},
  }
}

async function channel(path?: string) {
  const events = eventStream()
  const downs: string[] = []
  const ended = Promise.withResolvers<void>()
  const run = fakeRun()
  const server = await startControlServer({
    name: 'small',
    startedAt: '2026-01-02T03:04:05Z',
    folder: '/nowhere',
    run: () => run,
    onDown() {
      downs.push('down')
      ended.resolve()
    },
    events,
    ...(path === undefined ? {} : { path }),
  })
  const at = 'path' in server.at ? { address: '', port: 0, path: server.at.path } : server.at
  const file: RunFile = {
    name: 'small',
    ...at,
    token: server.token,
    pid: process.pid,
    startedAt: '2026-01-02T03:04:05Z',
    landscape: 'small',
    engine: 'fake',
  }
  return {
    server,
    events,
    downs,
    ended: ended.promise,
    file,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** What the server says to raw bytes before it closes. */
async function spoken(file: RunFile, ...chunks: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(file.port, file.address)
  socket.on('error', () => socket.destroy())
  for (const chunk of chunks) socket.write(chunk)
  return text(socket)
}

test('asks, answers, names what it does not know', async () => {
  await using run = await channel()
  await using client = await connectControl(run.file)
  expect(await client.request('info', {})).toMatchObject({ name: 'small', landscape: 'small', components: 5 })
  expect(await client.request('names', { host: 'app1' })).toEqual({ 'app1.corp.example': '127.3.0.4' })
  expect(await client.request('endpoints', {})).toMatchObject([{ to: 'app1', fqdn: 'app1.corp.example' }])
  expect(await client.request('probe', { host: 'client1', probe: 'tls', input: { to: 'app1' } })).toMatchObject({
    from: 'client1',
    to: 'app1',
  })
  expect(await client.request('call', { host: 'app1', kind: 'k', action: 'a', input: { b: [1] } })).toEqual({
    kind: 'k',
    action: 'a',
    input: { b: [1] },
  })
  await expect(client.request('trusted', { host: 'ap1' })).rejects.toMatchObject({ code: 'unknown-name' })
  expect(await client.request('inject', { fault: 'app1' })).toEqual({ id: 'f1', fault: { fault: 'drop', to: 'app1' } })
  expect(await client.request('clear', {})).toBe(null)
  expect(run.downs).toEqual([])
  expect(await client.request('down', {})).toBe(null)
  await run.ended
  expect(run.downs).toEqual(['down'])
})

test('sends events after subscribe, and nothing before', async () => {
  await using run = await channel()
  const seen: RunEvent[] = []
  const { promise: second, resolve } = Promise.withResolvers<void>()
  await using client = await connectControl(run.file, {
    onEvent(event) {
      seen.push(event)
      if (seen.length === 2) resolve()
    },
  })
  const stopped = (name: string): RunEvent => ({ type: 'component-stopped', at: 'now', host: name, kind: 'k' })
  run.events.emit(stopped('early'))
  await client.request('subscribe', {})
  run.events.emit(stopped('one'))
  run.events.emit(stopped('two'))
  await second
  expect(seen).toEqual([stopped('one'), stopped('two')])
})

test('a wrong token, none, garbage and a huge first line are refused', async () => {
  await using run = await channel()
  const refused = (message: string) =>
    `${JSON.stringify({ id: null, ok: false, error: { code: 'control-refused', message } })}\n`
  await expect(connectControl({ ...run.file, token: 'x' })).rejects.toMatchObject({ code: 'control-refused' })
  expect(await spoken(run.file, '{"token":"wrong"}\n')).toBe(refused('the token is wrong'))
  expect(await spoken(run.file, '{"token":7}\n')).toBe(refused('the token is wrong'))
  expect(await spoken(run.file, 'GET / HTTP/1.1\r\n\r\n')).toBe(refused('the token is wrong'))
  expect(await spoken(run.file, Buffer.from([0xff, 0xfe, 0x00, 0x0a]))).toBe(refused('the token is wrong'))
  expect(await spoken(run.file, 'x'.repeat(5000))).toBe(refused('a line is longer than 1024 bytes'))
})

test('after the token: no request, an unknown verb, missing input, a huge line, and lines in pieces', async () => {
  await using run = await channel()
  const token = `${JSON.stringify({ token: run.file.token })}\n`
  const welcome = '{"ok":true,"protocol":1}\n'
  expect(await spoken(run.file, token, 'no json\n')).toContain('this is no request')
  expect(await spoken(run.file, token, '{"id":1}\n')).toContain('this is no request')
  expect(await spoken(run.file, token, `{"id":1,"verb":"${'x'.repeat(controlLimits.maxRequestBytes)}"}\n`)).toBe(
    `${welcome}{"id":null,"ok":false,"error":{"code":"control-refused","message":"a line is longer than 1048576 bytes"}}\n`,
  )
  await using client = await connectControl(run.file)
  // @ts-expect-error no such verb
  await expect(client.request('__proto__', {})).rejects.toMatchObject({ code: 'usage' })
  // @ts-expect-error no host
  await expect(client.request('names', {})).rejects.toMatchObject({ code: 'usage' })
  const bytes = Buffer.from(`${token}{"id":"é","verb":"trusted","host":"app1"}\nbye\n`)
  const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
  expect(await spoken(run.file, ...pieces)).toContain(`${welcome}{"id":null,"ok":false`)
})

test('a request that is under way ends when its caller goes, and the server closes with callers on it', async () => {
  const run = await channel()
  const socket = connect(run.file.port, run.file.address)
  socket.write(`${JSON.stringify({ token: run.file.token })}\n`)
  await once(socket, 'data')
  socket.write('{"id":1,"verb":"probe","host":"app1","probe":"endless","input":{}}\n')
  const client = await connectControl(run.file)
  const pending = client.request('probe', { host: 'app1', probe: 'endless', input: {} })
  await Promise.all([
    expect(pending).rejects.toMatchObject({ code: 'not-running' }),
    run.server[Symbol.asyncDispose](),
    once(socket, 'close'),
    client.closed,
  ])
  await expect(connectControl(run.file)).rejects.toMatchObject({ code: 'not-running' })
})

test.skipIf(process.platform === 'win32')('stands on a socket path as well (not on Windows)', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'control-'))
  await using run = await channel(join(folder.path, 'control'))
  await using client = await connectControl(run.file)
  expect(await client.request('trusted', { host: 'app1' })).toBe('PEM')
})
