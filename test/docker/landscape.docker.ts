import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../harness/context/json.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { docker, noContainers, thingsOf } from './engine-here.ts'

describe.skipIf(noContainers !== '')(`password-secure in containers${noContainers}`, () => {
  let lab: RunningLandscape
  beforeAll(async () => {
    lab = await startLandscape('password-secure', { engine: 'docker', patienceMs: 1_500 })
  })
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(lab.name)).toEqual([])
  })

  /** How a TCP connection from a host ends: connected, or the client's own code. */
  async function dial(from: string, to: string, port: number): Promise<string> {
    const seen = await lab.host(from).probe('tcp', { host: to, port })
    return seen.ok ? 'connected' : `${seen.error?.code} ${seen.ended}`
  }

  test('has a container for each host', async () => {
    const engine = await docker()
    expect(await engine.listContainers({ filters: { name: [lab.name] } })).toHaveLength(7)
  })

  test('shows no secret in what the engine tells of a container', async () => {
    const engine = await docker()
    const own = await engine.listContainers({ filters: { name: [lab.name] } })
    const facts = JSON.stringify(await Promise.all(own.map(({ Id }) => engine.getContainer(Id).inspect())))
    const app = lab.landscape.hosts.find(({ name }) => name === 'app1')
    const secrets = secretsIn(app?.components.map(({ settings }) => settings) ?? [])
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(facts).not.toContain(secret)
  })

  test('every host is at its documented ports, at an address of its own', async () => {
    const names = await lab.host('client1').names()
    expect(new Set(['sql1', 'app1', 'web1', 'client2'].map((host) => names.get(host))).size).toBe(4)
    expect(await dial('app1', 'sql1', 1433)).toBe('connected')
    expect(await dial('client1', 'app1', 11_011)).toBe('connected')
  })

  test('a name that the landscape does not have is nobody’s', async () => {
    const seen = await lab.host('client1').probe('dns', { name: 'www.corp.example' })
    expect(seen.error).toMatchObject({ code: 'ENOTFOUND' })
  })

  test('the machine reaches what is published, as the operator', async () => {
    const [endpoint] = lab.endpoints('operator').filter(({ to, port }) => to === 'app1' && port === 11_011)
    expect(endpoint?.address).toBe('127.0.0.1')
    const socket = connect(endpoint?.seenPort ?? 0, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    expect(await dial('operator', 'web1', 443)).toBe('connected')
  })

  test('what no flow allows is refused with RST', async () => {
    expect(await dial('client1', 'sql1', 1433)).toBe('ECONNREFUSED peer')
    expect(await dial('web1', 'app1', 11_011)).toBe('ECONNREFUSED peer')
  })

  test('a drop is silent, one-way, by source and port, and is taken back', async () => {
    const { id } = await lab.inject('drop:from=client1,to=app1,port=11018')
    expect(await dial('client1', 'app1', 11_018)).toMatch(/^ETIMEDOUT|client-timer|deadline/)
    expect(await dial('client2', 'app1', 11_018)).toBe('connected')
    expect(await dial('client1', 'app1', 11_011)).toBe('connected')
    await lab.clear(id)
    expect(await dial('client1', 'app1', 11_018)).toBe('connected')
  })

  test('a reject answers with RST, from every host at once', async () => {
    const { id } = await lab.inject('reject:to=app1,port=11011')
    expect(await dial('client1', 'app1', 11_011)).toBe('ECONNREFUSED peer')
    expect(await dial('client2', 'app1', 11_011)).toBe('ECONNREFUSED peer')
    await lab.clear(id)
    expect(await dial('client2', 'app1', 11_011)).toBe('connected')
  })

  test('an opening lets in what no flow allows', async () => {
    const { id } = await lab.inject('open:from=client1,to=sql1,port=1433')
    expect(await dial('client1', 'sql1', 1433)).toBe('connected')
    expect(await dial('client2', 'sql1', 1433)).toBe('ECONNREFUSED peer')
    await lab.clear(id)
    expect(await dial('client1', 'sql1', 1433)).toBe('ECONNREFUSED peer')
  })

  test('a server knows its callers by their addresses in the model', async () => {
    const before = (await lab.host('sql1').journal()).at(-1)?.sequence ?? 0
    await lab.host('app1').probe('sql', { host: 'sql1', port: 1433 })
    const app = lab.landscape.hosts.find(({ name }) => name === 'app1')?.address
    const entries = await lab.host('sql1').journal('sql-server', before)
    expect(JSON.stringify(entries)).toContain(app)
  })

  test('a component that stops refuses, and comes back', async () => {
    await lab.host('app1').stop('password-secure/app-server')
    expect(await dial('client1', 'app1', 11_011)).toBe('ECONNREFUSED peer')
    await lab.host('app1').start('password-secure/app-server')
    expect(await dial('client1', 'app1', 11_011)).toBe('connected')
  })
})

/** Texts under a secret's name, wherever in the settings they stand. */
function secretsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as JsonObject).flatMap(([key, inner]) =>
    /password|secret/i.test(key) && typeof inner === 'string' && inner.length > 5 ? [inner] : secretsIn(inner),
  )
}
