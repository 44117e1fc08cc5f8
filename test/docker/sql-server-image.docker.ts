import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../harness/context/json.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { docker, noContainers, thingsOf } from './engine-here.ts'
import { type StandIn, sqlServerStandIn } from './stand-in/sql-server-image.ts'

const RUN = `sql-image-${process.pid}`
/** An image is made and a landscape started, on a machine that has other things to do. */
const IMAGE_MS = 400_000
const SA = { user: 'sa', password: 'Adm1n-of-SQL!' }

const hosts = (image: string, settings: JsonObject = {}) => ({
  landscape: 'real-sql',
  hosts: {
    sql1: { runs: { 'sql-server': { image, acceptEula: true, encryption: 'required', ...settings } } },
    app1: { runs: { 'password-secure/app-server': {} } },
    license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
  },
})

describe.skipIf(noContainers !== '')(`an image of SQL Server beside its host${noContainers}`, () => {
  let image: StandIn
  let lab: RunningLandscape
  beforeAll(async () => {
    image = await sqlServerStandIn()
    const settings = { logins: [{ name: 'reporting', password: 'weak' }], databases: { Shop: { recovery: 'SIMPLE' } } }
    lab = await startLandscape(hosts(image.name, settings), { engine: 'docker', name: RUN, patienceMs: 2000 })
  }, IMAGE_MS)
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(RUN)).toEqual([])
    expect(await volumesOf(RUN)).toEqual([])
    await image?.[Symbol.asyncDispose]()
  })

  const sql = (from: string, query: string, more: JsonObject = {}) =>
    lab.host(from).probe('sql', { host: 'sql1', ...SA, query, ...more })

  test('stands in its host’s network, publishes nothing, and shows the engine no password that opens it', async () => {
    const [owner, beside] = await Promise.all([
      inspected(`${RUN}-`, /-sql1$/),
      inspected(`${RUN}-`, /-sql1-sql-server-/),
    ])
    expect(beside.HostConfig.NetworkMode).toBe(`container:${owner.Id}`)
    expect(beside.HostConfig.PortBindings ?? {}).toEqual({})
    expect(beside.Config.Env).toEqual(expect.arrayContaining(['ACCEPT_EULA=Y', 'MSSQL_PID=Developer']))
    expect(JSON.stringify(beside)).not.toContain(SA.password)
    const first = beside.Config.Env.find((line) => line.startsWith('MSSQL_SA_PASSWORD='))?.split('=')[1]
    const seen = await sql('app1', 'SELECT 1', { password: first ?? '' })
    expect(seen.error).toMatchObject({ code: 'ELOGIN' })
  })

  test('serves real clients with the landscape’s certificate, and forces encryption', async () => {
    const seen = await sql('app1', 'SELECT 1 AS one')
    // The host's own trust store has verified it: it holds the landscape's root.
    expect(seen).toMatchObject({ ok: true, facts: { tls: { authorized: true } } })
    const plain = await sql('app1', 'SELECT 1', { encrypt: false })
    expect(plain.error?.text).toMatch(/Server requires encryption/)
  })

  test('has the landscape’s logins and databases, and does what scenarios ask', async () => {
    const call = (action: string, input: JsonObject = {}) => lab.host('sql1').call('sql-server', action, input)
    expect(await call('databases')).toMatchObject({ databases: expect.arrayContaining(['master', 'Shop']) })
    const login = { user: 'reporting', password: 'weak' }
    expect(await sql('app1', 'SELECT 1', login)).toMatchObject({ ok: true })
    await call('alter-login', { name: 'reporting', disabled: true })
    expect((await sql('app1', 'SELECT 1', login)).error).toMatchObject({ text: expect.stringContaining('disabled') })
    await call('create-login', { name: 'reporting', password: 'weaker', roles: ['dbcreator'] })
    const roles = "SELECT IS_SRVROLEMEMBER('dbcreator', 'reporting') AS creator"
    expect(await call('execute', { sql: roles })).toEqual({ rows: [{ creator: 1 }] })
    await call('drop-login', { name: 'reporting' })
    await call('drop-login', { name: 'reporting' })
    const { lines } = (await call('error-log')) as { lines: string[] }
    const caller = lab.landscape.hosts.find(({ name }) => name === 'app1')?.address
    expect(lines.filter((line) => line.includes('reporting')).join('\n')).toContain(`[CLIENT: ${caller}]`)
  })

  test('refuses by name what only the simulator can do', async () => {
    const refused = lab.host('sql1').call('sql-server', 'hold-prelogin', {})
    await expect(refused).rejects.toMatchObject({
      code: 'not-shown',
      message: expect.stringContaining('hold-prelogin'),
    })
    const restarted = lab.host('sql1').start('sql-server', { refuseLogins: 17_892 })
    await expect(restarted).rejects.toMatchObject({ message: expect.stringMatching(/already running|refuseLogins/) })
  })

  test('is behind the landscape’s firewall and relay', async () => {
    const dropped = await lab.inject('drop:from=app1,to=sql1,port=1433')
    expect((await sql('app1', 'SELECT 1')).ok).toBe(false)
    await lab.clear(dropped.id)
    const reset = await lab.inject('reset:from=app1,to=sql1,port=1433')
    expect((await sql('app1', 'SELECT 1')).ok).toBe(false)
    await lab.clear(reset.id)
    expect((await sql('app1', 'SELECT 1')).ok).toBe(true)
  })

  test('keeps its data when it is stopped, or crashes, and comes back', async () => {
    const call = (action: string) => lab.host('sql1').call('sql-server', action, {})
    const made = { sql: 'CREATE TABLE kept (id int); INSERT kept VALUES (7)', database: 'Shop' }
    await lab.host('sql1').call('sql-server', 'execute', made)
    await call('crash')
    expect((await sql('app1', 'SELECT 1')).error).toMatchObject({ code: 'ESOCKET' })
    await call('start-instance')
    const asked = { sql: 'SELECT id FROM kept', database: 'Shop' }
    expect(await lab.host('sql1').call('sql-server', 'execute', asked)).toEqual({ rows: [{ id: 7 }] })
    await lab.host('sql1').stop('sql-server')
    await lab.host('sql1').start('sql-server')
    expect((await sql('app1', 'SELECT 1')).ok).toBe(true)
  })
})

describe.skipIf(noContainers !== '')(`an image that does not come up${noContainers}`, () => {
  const name = `${RUN}-bad`

  test('without its licence accepted nothing is made', async () => {
    const spec = hosts('landscape-lab/nothing:here', { acceptEula: false })
    await expect(startLandscape(spec, { engine: 'docker', name })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(/licence must be accepted first \(https:.*ACCEPT_EULA=Y.*acceptEula: true/),
    })
  })

  test('an image that is nowhere is told once, with what to do', async () => {
    const spec = hosts('localhost:1/nothing:here')
    await expect(startLandscape(spec, { engine: 'docker', name })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(/^sql-server on sql1 runs localhost:1\/nothing:here, which .*docker load/),
    })
  })

  test(
    'one that ends at its start is told with its last words, and nothing is left',
    async () => {
      await using image = await sqlServerStandIn('--broken')
      const spec = hosts(image.name)
      await expect(startLandscape(spec, { engine: 'docker', name })).rejects.toMatchObject({
        code: 'start-failed',
        message: expect.stringMatching(/did not start on sql1: it ended with exit code 1[\s\S]*out of memory/),
      })
      expect(await thingsOf(name)).toEqual([])
      expect(await volumesOf(name)).toEqual([])
    },
    IMAGE_MS,
  )

  test(
    'one that is interrupted while it is waited for leaves nothing',
    async () => {
      await using image = await sqlServerStandIn('--silent')
      const interrupted = new AbortController()
      const events = await (await docker()).getEvents({ filters: { type: ['container'], event: ['start'] } })
      const starting = startLandscape(hosts(image.name), { engine: 'docker', name, signal: interrupted.signal })
      const outcome = expect(starting).rejects.toThrow('enough')
      for await (const line of createInterface({ input: events })) {
        if (/-bad-\w+-sql1-sql-server-1/.test(line)) break
      }
      interrupted.abort(new Error('enough'))
      await outcome
      expect(await thingsOf(name)).toEqual([])
      expect(await volumesOf(name)).toEqual([])
    },
    IMAGE_MS,
  )
})

async function inspected(run: string, name: RegExp) {
  const engine = await docker()
  const all = await engine.listContainers({ filters: { label: ['landscape-lab.run'] } })
  const found = all.find(({ Names }) => Names.some((one) => one.includes(run) && name.test(one)))
  return engine.getContainer(found?.Id ?? '').inspect()
}

async function volumesOf(run: string): Promise<readonly string[]> {
  const { Volumes } = await (await docker()).listVolumes()
  return Volumes.map(({ Name }) => Name).filter((name) => name.includes(run))
}
