import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { eventStream, type JournalEntry, type RunEvent } from '../../harness/context/events.ts'
import type { JsonObject } from '../../harness/context/json.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { docker, noContainers, thingsOf } from './engine-here.ts'

const RUN = `web-servers-${process.pid}`
const runs = (kind: string, real: boolean) => ({
  // One second, the least that Apache knows.
  'web-server': { kind, real, app: ['app1', 'app2'], connectTimeoutMs: 400, apiReadTimeoutMs: 1_000 },
})
const landscape = {
  landscape: 'web-servers',
  patienceMs: 5_000,
  hosts: {
    sql1: { runs: { 'sql-server': {} } },
    license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
    app1: { runs: { 'password-secure/app-server': { database: 'sql1', license: 'license1' } } },
    app2: { runs: { 'password-secure/app-server': { database: 'sql1', license: 'license1' } } },
    nginx1: { runs: runs('nginx', true) },
    nginx2: { runs: runs('nginx', false) },
    apache1: { runs: runs('apache', true) },
    apache2: { runs: runs('apache', false) },
    client1: { runs: { 'password-secure/client': { server: 'app1' } } },
  },
}
/** Each real one with the simulated one that must look like it. */
const pairs = [
  ['nginx1', 'nginx2'],
  ['apache1', 'apache2'],
] as const
const reals = ['nginx1', 'apache1'] as const
const KIND = 'web-server'

describe.skipIf(noContainers !== '')(`nginx and Apache in containers${noContainers}`, () => {
  let lab: RunningLandscape
  const events = eventStream()
  const seen: RunEvent[] = []
  events.subscribe((event) => void seen.push(event))

  beforeAll(async () => {
    lab = await startLandscape(landscape, { engine: 'docker', name: RUN, events })
  })
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(RUN)).toEqual([])
  })

  const nameOf = (web: string) => `${web}.corp.example`
  const ask = async (web: string, path: string, more: JsonObject = {}) => {
    const url = path.includes('://') ? path : `https://${nameOf(web)}${path}`
    const { facts, error } = await lab.host('client1').probe('http', { url, ...more })
    return (facts?.http ?? { error: error?.code }) as JsonObject & { readonly status?: number; readonly body?: string }
  }
  const journal = async (web: string, type: string): Promise<readonly JournalEntry[]> =>
    (await lab.host(web).journal(KIND)).filter((entry) => entry.type === type)
  /** Whoever failed is left out for a while by what runs; begun anew, it knows of no failure. */
  async function anew(web: string): Promise<void> {
    await lab.host(web).stop(KIND)
    await lab.host(web).start(KIND)
  }
  const statistics = (web: string) => lab.host(web).call(KIND, 'statistics', {})
  /** Runs a shell's words in a host's container and gives what they print. */
  async function inside(host: string, words: string): Promise<string> {
    const engine = await docker()
    const [found] = await engine.listContainers({ filters: { name: [`${RUN}.*-${host}$`] } })
    const exec = await engine.getContainer(found?.Id ?? '').exec({
      ...{ Cmd: ['sh', '-c', words], AttachStdout: true, AttachStderr: true, Tty: true },
    })
    const stream = await exec.start({ Tty: true })
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => void parts.push(part))
    await once(stream, 'end')
    return Buffer.concat(parts).toString()
  }

  test('every component says whether it is real, with its version', () => {
    const started = seen.flatMap((event) => (event.type === 'component-started' ? [event] : []))
    const of = (host: string) => started.find((event) => event.host === host)
    expect(of('nginx1')).toMatchObject({ real: true, version: expect.stringMatching(/^nginx \d+\.\d+\.\d+$/) })
    expect(of('apache1')).toMatchObject({ real: true, version: expect.stringMatching(/^Apache 2\.\d+\.\d+$/) })
    for (const host of ['nginx2', 'apache2', 'app1', 'sql1']) expect(of(host)).toMatchObject({ real: false })
  })

  test.each(pairs)('%s shows clients what %s shows', async (real, simulated) => {
    const paths = ['/', '/index.html', '/app.js', '/deep/link?x=1', '/api/status', '/api', '/apifoo', '/api/none']
    const odd = ['/realtime', '/realtime/x', '/..%2f', '/%zz', '/%2e%2e/x', '/api/a%20b?c=d%20e', '/a%2fb']
    const plain = (web: string) => [`http://${nameOf(web)}/x?y=1`, `http://${nameOf(web)}/`]
    for (const [index, path] of [...paths, ...odd, ...plain(real)].entries()) {
      const twin = path.startsWith('http:') ? (plain(simulated)[index - paths.length - odd.length] ?? '') : path
      const [is, looks] = [await ask(real, path), await ask(simulated, twin)]
      expect(visible(looks, simulated), path).toEqual(visible(is, real))
    }
  })

  test.each(pairs)('%s says of application servers that fail what %s says', async (real, simulated) => {
    for (const fault of ['reject', 'reset', 'stall', 'drop']) {
      const answers = []
      for (const web of [real, simulated]) {
        await anew(web)
        const injected = []
        for (const app of ['app1', 'app2']) injected.push(await lab.inject(`${fault}:from=${web},to=${app},port=11016`))
        answers.push([visible(await ask(web, '/api/status'), web), visible(await ask(web, '/api/status'), web)])
        for (const { id } of injected) await lab.clear(id)
      }
      const [is, looks] = answers
      expect(looks, fault).toEqual(is)
    }
  })

  test.each(reals)('%s is told who calls, and its log is its journal', async (web) => {
    await anew(web)
    await ask(web, '/api/status?who')
    const client = lab.landscape.hosts.find(({ name }) => name === 'client1')?.address ?? 'no client'
    const log = (await lab.host(web).call(KIND, 'access-log', { last: 1 })) as { readonly lines: readonly string[] }
    expect(log.lines[0]).toMatch(new RegExp(`^${RegExp.escape(client)} .*"GET /api/status\\?who HTTP/1.1" 200 `))
    expect((await journal(web, 'request')).at(-1)?.facts).toMatchObject({
      ...{ client: 'client1', method: 'GET', url: '/api/status?who', status: 200 },
      upstream: expect.stringMatching(/^app[12]$/),
    })
  })

  test.each(reals)('%s writes who refused to its journal', async (web) => {
    await anew(web)
    const { id } = await lab.inject(`reject:from=${web},to=app1,port=11016`)
    for (let count = 0; count < 2; count += 1) expect((await ask(web, '/api/status')).status).toBe(200)
    await lab.clear(id)
    expect((await journal(web, 'upstream-failed')).at(-1)?.facts).toMatchObject({
      ...{ upstream: 'app1', port: 11_016, route: 'api', kind: 'refused', code: 'ECONNREFUSED' },
    })
  })

  test.each(reals)('%s leaves out an application server that is taken out, and takes it back', async (web) => {
    const servers = async () => {
      const answers = []
      for (let count = 0; count < 4; count += 1) answers.push((await ask(web, '/api/status')).body)
      return new Set(answers.map((body) => /"server":"(\w+)"/.exec(body ?? '')?.[1]))
    }
    await anew(web)
    expect(await servers()).toEqual(new Set(['app1', 'app2']))
    expect(await lab.host(web).call(KIND, 'set-upstream', { host: 'app1', down: true })).toMatchObject({ ok: true })
    expect(await servers()).toEqual(new Set(['app2']))
    await lab.host(web).call(KIND, 'set-upstream', { host: 'app1', down: false })
    expect(await servers()).toEqual(new Set(['app1', 'app2']))
    expect(await lab.host(web).call(KIND, 'set-upstream', { host: 'app9', down: true })).toMatchObject({
      code: 'unknown-upstream',
    })
  })

  test.each(reals)('%s passes a WebSocket on, counts it, and closes it when it is recycled', async (web) => {
    const end = lab.endpoints('operator').find(({ to, port }) => to === web && port === 443)
    const ca = await lab.host('operator').trusted()
    const socket = new WebSocket(`wss://${nameOf(web)}/realtime`, {
      createConnection: () => connect({ host: end?.address, port: end?.seenPort, servername: nameOf(web), ca }),
    })
    await once(socket, 'open')
    expect(await statistics(web)).toMatchObject({ openWebSockets: 1 })
    const closed = once(socket, 'close')
    expect(await lab.host(web).call(KIND, 'recycle', {})).toEqual({ webSocketsClosed: 1 })
    expect((await closed)[0]).toBe(1006)
    expect(await statistics(web)).toMatchObject({ openWebSockets: 0 })
    expect((await ask(web, '/api/status')).status).toBe(200)
  })

  test.each(reals)('%s has a key that its owner alone reads, and says nothing of it', async (web) => {
    const listed = await inside(
      web,
      "stat -c '%a %U' '/srv/host/web-server/site/certs/Web Application.key'; ps ax -o args 2>/dev/null || true",
    )
    expect(listed).toMatch(/^600 root\r?\n/)
    expect(listed).not.toContain('PRIVATE')
  })

  test.each([
    ['nginx1', 'nginx.pid'],
    ['apache1', 'apache2.pid'],
  ])('%s that crashes refuses, says why, and can be started again', async (web, pidFile) => {
    const { promise, resolve } = Promise.withResolvers<JournalEntry>()
    using _watch = events.subscribe((event) => {
      if (event.type === 'journal' && event.entry.host === web && event.entry.type === 'service-failed')
        resolve(event.entry)
    })
    await inside(web, `kill -9 $(cat /srv/host/web-server/site/run/${pidFile})`)
    expect((await promise).facts).toMatchObject({ text: expect.stringContaining('was ended by SIGKILL') })
    const dial = async () => (await lab.host('client1').probe('tcp', { host: web, port: 443 })).error?.code
    await expect.poll(dial).toBe('ECONNREFUSED')
    await lab.host(web).stop(KIND)
    await lab.host(web).start(KIND)
    expect((await ask(web, '/api/status')).status).toBe(200)
  })

  test('what a real Apache could not show is simulated', async () => {
    const upgrade = { url: `wss://${nameOf('apache1')}/realtime` }
    await lab.host('apache1').stop(KIND)
    await lab.host('apache1').start(KIND, { modules: { proxy_wstunnel: false } })
    const seen = await lab.host('client1').probe('websocket', upgrade)
    expect(seen.error?.text).toBe('Unexpected server response: 500')
    await lab.host('apache1').stop(KIND)
    await lab.host('apache1').start(KIND)
    expect((await lab.host('client1').probe('websocket', upgrade)).ok).toBe(true)
  })

  test('a name that nobody has keeps nginx from starting, as it does', async () => {
    await lab.host('nginx1').stop(KIND)
    await lab.host('nginx1').start(KIND, { upstreamAddresses: ['old-app.corp.example', 'app2'] })
    expect((await journal('nginx1', 'service-failed')).at(-1)?.facts.text).toContain('host not found in upstream')
    const { error } = await lab.host('client1').probe('tcp', { host: 'nginx1', port: 443 })
    expect(error?.code).toBe('ECONNREFUSED')
  })

  test('Apache without mod_rewrite does not start, and says so', async () => {
    await lab.host('apache1').stop(KIND)
    await lab.host('apache1').start(KIND, { modules: { rewrite: false } })
    expect((await journal('apache1', 'service-failed')).at(-1)?.facts.text).toContain("Invalid command 'RewriteEngine'")
    const { error } = await lab.host('client1').probe('tcp', { host: 'apache1', port: 80 })
    expect(error?.code).toBe('ECONNREFUSED')
  })
})

const NAMED = [
  'content-type',
  'location',
  'upgrade',
  'x-frame-options',
  'content-security-policy',
  'strict-transport-policy',
] as const

/** What a client sees of an answer, without what names the server, its version or the time. */
function visible(answer: JsonObject & { readonly status?: number; readonly body?: string }, web: string): JsonObject {
  const headers = (answer.headers ?? {}) as JsonObject
  const body = (answer.body ?? '')
    .replaceAll(web, 'WEB')
    .replace(/"server":"app\d"/, '"server":"APP"')
    .replace(/(nginx|Apache)\/[\d.]+( \(\w+\))?/, '$1')
    // Apache 2.4.60 and later write another one.
    .replace(/<!DOCTYPE HTML PUBLIC [^>]*>/, '<!DOCTYPE>')
  const told = NAMED.map((name) => [name, String(headers[name] ?? '').replaceAll(web, 'WEB')])
  const closes = String(headers.connection ?? '')
    .toLowerCase()
    .includes('close')
  return { status: answer.status ?? 0, error: answer.error ?? '', body, closes, ...Object.fromEntries(told) }
}
