import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing, run } from '../support/programs.ts'
import { docker, noContainers } from './engine-here.ts'

/** This process's own, beside others. */
const PROJECT = `compose-test-${process.pid}`
const filters = { label: [`com.docker.compose.project=${PROJECT}`] }
const COMMAND_MS = 150_000
const SERVICES = ['app1', 'client1', 'dns1', 'license1', 'mail1', 'sql1']
const LANDSCAPE = `
landscape: composed
patienceMs: 20000
hosts:
  dns1: { runs: { dns-server: {} } }
  sql1: { runs: { sql-server: {} } }
  mail1: { runs: { smtp-server: {} } }
  app1: { runs: { password-secure/app-server: { mail: mail1 } } }
  license1: { aliases: [license.passwordsafe.de], runs: { password-secure/license-server: {} } }
  client1: { runs: { password-secure/client: {} } }
deviations:
  - { fault: reject, from: client1, to: app1, port: 11018 }
`

const noCompose = noContainers || (missing('docker-compose') ?? '')
const program = (name: string): string => missing(name) ?? ''

describe.skipIf(noCompose !== '')(`an exported landscape, brought up by docker-compose${noCompose}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-compose-'))
  const lab = join(folder, 'lab')
  const root = join(lab, 'root.pem')
  const compose = (...args: readonly string[]) =>
    run('docker-compose', ['-p', PROJECT, '-f', join(lab, 'compose.yaml'), ...args], COMMAND_MS)

  beforeAll(async () => {
    const file = join(folder, 'composed.yaml')
    writeFileSync(file, LANDSCAPE)
    const made = await run(
      process.execPath,
      ['harness/cli/landscape.js', 'export', 'compose', file, '--to', lab],
      COMMAND_MS,
    )
    expect(made.exitCode, made.output).toBe(0)
    const healthy = await watchHealth()
    const up = await compose('up', '-d')
    expect(up.exitCode, up.output).toBe(0)
    await healthy.all
  })

  afterAll(async () => {
    await compose('down', '--volumes')
    rmSync(folder, { recursive: true })
    const engine = await docker()
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      engine.listContainers({ all: true, filters }),
      engine.listNetworks({ filters }),
      engine.listVolumes({ filters: JSON.stringify(filters) }),
    ])
    expect([containers, networks, volumes ?? []]).toEqual([[], [], []])
  })

  /** `all` resolves when every service has said that it is healthy; fails with the log of one that ends. */
  async function watchHealth(): Promise<{ readonly all: Promise<void> }> {
    const engine = await docker()
    const events = await engine.getEvents({ filters: { type: ['container'], ...filters } })
    const waiting = new Set(SERVICES)
    const watch = async () => {
      for await (const line of createInterface({ input: events })) {
        const { Action, Actor } = JSON.parse(line)
        const service = String(Actor.Attributes['com.docker.compose.service'])
        if (Action === 'die') throw new Error((await compose('logs', '--no-color', service)).output)
        if (Action === 'health_status: healthy') waiting.delete(service)
        if (waiting.size === 0) return
      }
    }
    const all = watch()
    // Whoever brings it up fails first, and is told first.
    all.catch(() => undefined)
    return { all }
  }

  /** Where a port of a host is on this machine. */
  async function published(host: string, port: number): Promise<number> {
    const { stdout } = await compose('port', host, String(port))
    return Number(/^127\.0\.0\.1:(\d+)\s*$/.exec(stdout)?.[1])
  }

  const inside = (host: string, ...command: readonly string[]) => compose('exec', '-T', host, ...command)

  test('publishes on loopback alone, and shows no secret in what the engine tells of a container', async () => {
    const engine = await docker()
    const own = await engine.listContainers({ filters })
    expect(own).toHaveLength(SERVICES.length)
    const facts = await Promise.all(own.map(({ Id }) => engine.getContainer(Id).inspect()))
    const addresses = facts.flatMap(({ NetworkSettings: { Ports } }) =>
      Object.values(Ports).flatMap((bindings) => (bindings ?? []).map(({ HostIp }) => HostIp)),
    )
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']))
    expect(JSON.stringify(facts)).not.toMatch(/Vault-4-Every1!|-2026!|PRIVATE KEY/)
  })

  test('the account that was prepared logs in, on a connection whose certificate is checked', async () => {
    const ca = readFileSync(root, 'utf8')
    const pool = new sql.ConnectionPool({
      ...{ server: '127.0.0.1', port: await published('sql1', 1433), database: 'PasswordSecure' },
      ...{ user: 'passwordsecure', password: 'Vault-4-Every1!' },
      options: {
        ...{ encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca } },
        serverName: 'sql1.corp.example',
      },
    })
    try {
      await pool.connect()
      const { recordset } = await pool.request().query('SELECT DB_NAME() AS name')
      expect(recordset).toEqual([{ name: 'PasswordSecure' }])
    } finally {
      await pool.close()
    }
  })

  const noOpenssl = program('openssl')
  test.skipIf(noOpenssl !== '')(
    `openssl takes what each host issues, under the exported root${noOpenssl}`,
    async () => {
      for (const [host, port] of [
        ['app1', 11_011],
        ['mail1', 465],
      ] as const) {
        const connect = ['s_client', '-connect', `127.0.0.1:${await published(host, port)}`, '-verify_return_error']
        const trusted = await run('openssl', [...connect, '-CAfile', root, '-verify_ip', '127.0.0.1'])
        // The application server's is self-signed, as the product's: only its name is the landscape's.
        const wanted = host === 'app1' ? 'CN = PSR8Server' : 'Verify return code: 0 (ok)'
        expect(trusted.output).toContain(wanted)
      }
    },
  )

  const noDig = program('dig')
  test.skipIf(noDig !== '')(`names are the DNS server’s, with the addresses of the network${noDig}`, async () => {
    const server = ['@127.0.0.1', '-p', String(await published('dns1', 53)), '+tcp', '+short']
    const { stdout } = await run('dig', [...server, 'app1.corp.example'])
    const seen = await inside('client1', 'getent', 'hosts', 'app1')
    expect(seen.stdout.trim().split(/\s+/)).toEqual([stdout.trim(), 'app1.corp.example'])
    expect((await inside('client1', 'getent', 'hosts', 'www.corp.example')).exitCode).not.toBe(0)
  })

  test('each host has the firewall of the landscape, with its deviations', async () => {
    const dial = async (from: string, to: string, port: number) =>
      (await inside(from, 'bash', '-c', `</dev/tcp/${to}/${port}`)).stderr.match(/Connection refused/)?.[0] ?? 'open'
    expect(await dial('client1', 'app1', 11_011)).toBe('open')
    expect(await dial('client1', 'app1', 11_018)).toBe('Connection refused')
    expect(await dial('client1', 'sql1', 1433)).toBe('Connection refused')
    expect(await dial('app1', 'sql1', 1433)).toBe('open')
  })

  test('whoever has a shell in a container asks as its host, and injects what arrives there', async () => {
    const dial = async () =>
      JSON.parse(
        (await inside('client1', 'landscape', 'probe', 'client1', 'tcp', 'host=app1', 'port=11011', '--json')).stdout,
      )
    expect(await dial()).toMatchObject({ ok: true, from: 'client1' })
    const fault = 'reject:from=client1,to=app1,port=11011'
    const elsewhere = await inside('client1', 'landscape', 'inject', fault)
    expect(elsewhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('docker compose exec app1') })
    expect((await inside('app1', 'landscape', 'inject', fault)).exitCode).toBe(0)
    expect(await dial()).toMatchObject({ ok: false, error: { code: 'ECONNREFUSED' } })
    expect((await inside('app1', 'landscape', 'clear', 'all')).exitCode).toBe(0)
    expect(await dial()).toMatchObject({ ok: true })
  })

  test('a host that is told to stop ends at once and well, and comes back', async () => {
    const engine = await docker()
    const label = [...filters.label, 'com.docker.compose.service=mail1']
    const [{ Id } = { Id: '' }] = await engine.listContainers({ filters: { label } })
    expect((await compose('stop', 'mail1')).exitCode).toBe(0)
    const { State } = await engine.getContainer(Id).inspect()
    // 137 is what a program gets that had to be killed.
    expect([State.ExitCode, State.OOMKilled]).toEqual([0, false])
    const healthy = await engine.getEvents({ filters: { event: ['health_status: healthy'], container: [Id] } })
    expect((await compose('start', 'mail1')).exitCode).toBe(0)
    for await (const _ of createInterface({ input: healthy })) break
    expect((await compose('logs', '--no-color', 'mail1')).stdout.match(/mail1 is ready/g)).toHaveLength(2)
  })
})
