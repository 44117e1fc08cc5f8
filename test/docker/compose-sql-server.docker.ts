import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing, run } from '../support/programs.ts'
import { docker, noContainers } from './engine-here.ts'
import { type StandIn, sqlServerStandIn } from './stand-in/sql-server-image.ts'

const PROJECT = `compose-sql-${process.pid}`
const filters = { label: [`com.docker.compose.project=${PROJECT}`] }
const COMMAND_MS = 150_000
const SERVICE = 'sql1-sql-server'
const DATA = '/var/opt/mssql'
const SA = { user: 'sa', password: 'Adm1n-of-SQL!' }
const SHOP = { user: 'shop', password: 'weak' }

const landscape = (image: string): string => `
landscape: composed-sql
hosts:
  sql1:
    runs:
      sql-server:
        image: ${image}
        acceptEula: true
        encryption: required
        databases: { Shop: { recovery: SIMPLE } }
        logins: [{ name: shop, password: weak, roles: [dbcreator] }]
  client1: {}
`

const noCompose = noContainers || (missing('docker-compose') ?? '')

describe.skipIf(noCompose !== '')(`an image of SQL Server in an exported landscape${noCompose}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-compose-sql-'))
  const lab = join(folder, 'lab')
  const root = join(lab, 'root.pem')
  let image: StandIn
  const compose = (...args: readonly string[]) =>
    run('docker-compose', ['-p', PROJECT, '-f', join(lab, 'compose.yaml'), ...args], COMMAND_MS)

  beforeAll(async () => {
    image = await sqlServerStandIn()
    const file = join(folder, 'composed.yaml')
    writeFileSync(file, landscape(image.name))
    const program = ['harness/cli/landscape.js', 'export', 'compose', file, '--to', lab]
    const made = await run(process.execPath, program, COMMAND_MS)
    expect(made.exitCode, made.output).toBe(0)
    await healthyAfter(['up', '-d'])
  }, 400_000)

  afterAll(async () => {
    await compose('down', '--volumes')
    rmSync(folder, { recursive: true })
    await image?.[Symbol.asyncDispose]()
    const engine = await docker()
    const [containers, { Volumes: volumes }] = await Promise.all([
      engine.listContainers({ all: true, filters }),
      engine.listVolumes({ filters: JSON.stringify(filters) }),
    ])
    expect([containers, volumes ?? []]).toEqual([[], []])
  })

  /** Runs commands of Compose, and waits until sql1 says that it is healthy; fails with the logs where it ends. */
  async function healthyAfter(...commands: readonly (readonly string[])[]): Promise<void> {
    const engine = await docker()
    const label = [...filters.label, 'com.docker.compose.service=sql1']
    const events = await engine.getEvents({ filters: { type: ['container'], label } })
    let commanded = false
    const watch = async () => {
      for await (const line of createInterface({ input: events })) {
        const { Action } = JSON.parse(line)
        if (Action === 'health_status: healthy') return
        if (Action === 'die' && commanded) throw new Error((await compose('logs', '--no-color')).output)
      }
    }
    const healthy = watch()
    // Whoever commands fails first, and is told first.
    healthy.catch(() => undefined)
    for (const command of commands) {
      const { exitCode, output } = await compose(...command)
      expect(exitCode, output).toBe(0)
    }
    commanded = true
    await healthy
  }

  /** The rows of one query, by the real client at the published port, under the exported root. */
  async function ask(login: { user: string; password: string }, query: string, encrypt = true) {
    const { stdout } = await compose('port', 'sql1', '1433')
    const pool = new sql.ConnectionPool({
      ...{ ...login, server: '127.0.0.1', port: Number(/^127\.0\.0\.1:(\d+)\s*$/.exec(stdout)?.[1]) },
      options: {
        ...{ encrypt, trustServerCertificate: false, serverName: 'sql1.corp.example' },
        cryptoCredentialsDetails: { ca: readFileSync(root, 'utf8') },
      },
    })
    try {
      await pool.connect()
      return (await pool.request().query(query)).recordset
    } finally {
      await pool.close()
    }
  }

  test('serves the prepared login with its rights, on a connection whose certificate is checked', async () => {
    const prepared = "SELECT IS_SRVROLEMEMBER('dbcreator') AS creator, name FROM sys.databases WHERE name = 'Shop'"
    expect(await ask(SHOP, prepared)).toEqual([{ creator: 1, name: 'Shop' }])
  })

  test('has the landscape’s password for sa, and forces encryption', async () => {
    // The name that the image's server has, and the simulator of the host's own has not.
    expect(await ask(SA, 'SELECT @@SERVERNAME AS name')).toEqual([{ name: 'STANDIN' }])
    await expect(ask(SA, 'SELECT 1', false)).rejects.toThrow(/requires encryption/)
  })

  test('stands in its host’s network, publishes nothing, and shows the engine no password that opens it', async () => {
    const [own, beside] = await Promise.all([inspected('sql1'), inspected(SERVICE)])
    expect(beside.HostConfig.NetworkMode).toBe(`container:${own.Id}`)
    expect(beside.HostConfig.PortBindings ?? {}).toEqual({})
    expect(beside.Config.Env).toEqual(expect.arrayContaining(['ACCEPT_EULA=Y', 'MSSQL_PID=Developer']))
    expect(JSON.stringify([own, beside])).not.toContain(SA.password)
    const first = beside.Config.Env.find((line) => line.startsWith('MSSQL_SA_PASSWORD='))?.split('=')[1] ?? ''
    expect(readFileSync(join(lab, 'compose.yaml'), 'utf8')).not.toContain(first)
    expect(statSync(join(lab, 'secrets', `${SERVICE}.env`)).mode & 0o777).toBe(0o600)
    await expect(ask({ user: 'sa', password: first }, 'SELECT 1')).rejects.toMatchObject({ code: 'ELOGIN' })
  })

  test('has its key for itself', async () => {
    const modes = await compose('exec', '-T', SERVICE, 'stat', '-c', '%a %u', `${DATA}/tls`, `${DATA}/tls/server.key`)
    expect(modes.stdout.trim().split('\n')).toEqual(['700 10001', '600 10001'])
  })

  test('keeps its data when its host and then it are restarted', async () => {
    await ask(SA, 'CREATE TABLE Shop.dbo.kept (id int); INSERT Shop.dbo.kept VALUES (7)')
    await healthyAfter(['restart', 'sql1'], ['restart', SERVICE])
    expect(await ask(SA, 'SELECT id FROM Shop.dbo.kept')).toEqual([{ id: 7 }])
    await compose('down')
    await healthyAfter(['up', '-d'])
    expect(await ask(SA, 'SELECT id FROM Shop.dbo.kept')).toEqual([{ id: 7 }])
  })

  async function inspected(service: string) {
    const engine = await docker()
    const label = [...filters.label, `com.docker.compose.service=${service}`]
    const [{ Id } = { Id: '' }] = await engine.listContainers({ filters: { label } })
    return engine.getContainer(Id).inspect()
  }
})
