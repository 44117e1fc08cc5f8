import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentLab, agentLab, SERVER } from './agent-lab.ts'

describe('collecting', () => {
  let site: AgentLab
  beforeAll(async () => {
    site = await agentLab({
      agentAppsettings: {
        SourcesRootPaths: ['C:/Sources'],
        Connections: {
          Elsewhere: { Path: 'C:/sources/HR/employees.csv' },
          Climbing: { Path: 'C:/Sources/../Secrets/all.csv' },
          Missing: { Path: 'C:\\Sources\\HR\\gone.csv' },
          Nothing: { Separator: ',' },
        },
      },
    })
  })
  afterAll(() => site[Symbol.asyncDispose]())

  test('what is exported lies encrypted, readable with the agent’s key and no other', async () => {
    expect(await site.call('export', { connector: 'HR' })).toEqual({
      ok: true,
      connector: 'HR',
      rows: 3,
      file: 'Work/Collect/HR.complete.csv',
      encrypted: true,
    })
    const { files } = await site.call('files')
    expect(files).toContainEqual({
      path: 'Work/Collect/HR.complete.csv',
      bytes: expect.any(Number),
      encrypted: true,
    })
    const read = (as: string) => site.call('read-file', { path: 'Work/Collect/HR.complete.csv', as })
    expect(await read('agent')).toMatchObject({ ok: true, text: expect.stringContaining('alice@corp.example') })
    expect(await read('stranger')).toMatchObject({ ok: false, step: 'key', code: 'another-key' })
    expect(JSON.stringify(await read('it-lies'))).not.toContain('alice')
  })

  test('what is sent is stored by the server with its own key, and gone from the agent', async () => {
    const sent = await site.call('synchronise')
    const storedAs = 'Synchronization/Agent1/HR/HR.complete.csv'
    expect(sent).toEqual({ ok: true, files: [{ connector: 'HR', rows: 3, storedAs }] })
    expect(await site.journal('collection-received', SERVER)).toEqual([
      { agent: 'Agent1', connector: 'HR', entityType: 'Employee', mode: 'complete', rows: 3 },
    ])
    expect(await site.call('synchronise')).toEqual({ ok: true, files: [] })
    const stored = await readFile(`${site.lab.folder}/hosts/im1/C/Usercube/Work/${storedAs}`, 'utf8')
    expect(stored).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  test('an incremental export has only rows that are new', async () => {
    await site.call('export', { connector: 'HR' })
    expect(await site.call('export', { connector: 'HR', mode: 'incremental' })).toMatchObject({ ok: true, rows: 0 })
  })

  test.each([
    ['Elsewhere', 'path-not-allowed'],
    ['Climbing', 'path-not-allowed'],
    ['Missing', 'ENOENT'],
    ['Nothing', 'setting-missing'],
    ['__proto__', 'unknown-connector'],
    ['../HR', 'unknown-connector'],
  ])('%s is %s', async (connector, code) => {
    expect(await site.call('export', { connector })).toMatchObject({ ok: false, step: 'source', code })
  })
})

test('a database is a source as well', async () => {
  await using site = await agentLab({
    database: 'sql1',
    agentAppsettings: {
      Databases: {
        Payroll: 'data source=sql1.corp.example;Database=master;User Id=sa;Password=Wrong-1;encrypt=false;',
      },
      Connections: { Payroll: { Database: 'Payroll', SqlCommand: "SELECT 1 AS Id, N'a;b' AS Name;" } },
    },
  })
  expect(await site.call('export', { connector: 'Payroll' })).toMatchObject({
    ok: false,
    step: 'source',
    code: '18456',
  })
  const login = { name: 'payroll', password: 'Pay-Roll-1!', roles: [] }
  await site.lab.host('sql1').call('sql-server', 'create-login', login)
  await site.restart({
    agentAppsettings: {
      Databases: {
        Payroll: 'data source=sql1.corp.example;Database=master;User Id=payroll;Password=Pay-Roll-1!;encrypt=false;',
      },
      Connections: { Payroll: { Database: 'Payroll', SqlCommand: "SELECT 1 AS Id, N'a;b' AS Name;" } },
    },
  })
  expect(await site.call('export', { connector: 'Payroll' })).toMatchObject({ ok: true, rows: 1 })
  const file = await site.call('read-file', { path: 'Work/Collect/Payroll.complete.csv', as: 'agent' })
  expect(file).toEqual({ ok: true, text: 'Id;Name\n1;"a;b"\n' })
})

describe('orders and jobs', () => {
  let site: AgentLab
  beforeAll(async () => {
    site = await agentLab({}, { mail1: { runs: { 'smtp-server': {} } } }, { live: true })
  })
  afterAll(() => site[Symbol.asyncDispose]())

  test('orders are fetched, kept encrypted in Downloaded, and reported once', async () => {
    const order = { connector: 'HR', resourceType: 'HR_Employee', changeType: 'Modified' }
    const changes = { mail: 'a@b.example' }
    const { id } = await site.server('create-order', {
      agentIdentifier: 'Agent1',
      ...order,
      resource: 'alice',
      changes,
    })
    await site.server('create-order', { agentIdentifier: 'Agent2', ...order, resource: 'bob' })
    const file = `Work/ProvisioningOrders/Downloaded/${id}.json`
    expect(await site.call('fetch-orders')).toEqual({ ok: true, orders: [{ id, state: 'Executed', file }] })
    expect(await site.call('fetch-orders')).toEqual({ ok: true, orders: [] })
    const { orders } = await site.server('orders')
    expect(orders).toContainEqual({ id, agentIdentifier: 'Agent1', state: 'Executed' })
    const { text } = await site.call('read-file', { path: file, as: 'agent' })
    expect(JSON.parse(String(text))).toMatchObject({ id, resource: 'alice', changes })
    expect(await site.call('read-file', { path: file, as: 'stranger' })).toMatchObject({
      ok: false,
      code: 'another-key',
    })
  })

  test('a job exports, sends and fulfils, and the server knows of it', async () => {
    const { instance } = await site.call('launch-job')
    expect(instance).toMatchObject({ job: 'Complete', state: 'Completed' })
    expect(await site.journal('job-reported', SERVER)).toMatchObject([
      { agent: 'Agent1', job: 'Complete', state: 'Started' },
      { agent: 'Agent1', job: 'Complete', state: 'Completed' },
    ])
    expect(await site.call('launch-job', { job: 'toString' })).toMatchObject({ ok: false, code: 'unknown-job' })
  })

  test('jobs that are launched at once all come to their end', async () => {
    const jobs = await Promise.all(Array.from({ length: 6 }, () => site.call('launch-job')))
    for (const job of jobs) expect(job).toMatchObject({ ok: true, instance: { state: 'Completed' } })
  })

  test('a job that cannot begin in time is in error', async () => {
    await site.restart({ appsettings: { JobLaunchTimeout: 50 } })
    await site.call('connect')
    await site.lab.inject('stall:from=agent1,to=im1')
    expect(await site.call('launch-job')).toMatchObject({ ok: false, step: 'job', code: 'JobLaunchTimeout' })
    await site.lab.clear()
    expect(await site.call('jobs')).toMatchObject({ instances: [{ state: 'Errored' }] })
  })

  test('a reset sends its mail through the mail server', async () => {
    expect(await site.call('reset-password', { login: 'bob' })).toEqual({
      ok: true,
      to: 'bob@corp.example',
      sent: true,
    })
    const { mails } = (await site.lab
      .host('mail1')
      .call('smtp-server', 'search', { to: 'bob@corp.example', atLeast: 1 })) as {
      readonly mails: readonly { readonly text: string }[]
    }
    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringMatching(/https:\/\/identity\.corp\.example\/PasswordReset\/Activate\/\?activationCode=[\w-]{32}/),
    ])
    expect(JSON.stringify(await site.lab.host('agent1').journal())).not.toContain('activationCode=')
  })

  test('after the server was started again the agent introduces itself anew', async () => {
    await site.restart({})
    expect(await site.call('connect')).toMatchObject({ ok: true })
    await site.restartServer()
    expect(await site.call('fetch-orders')).toMatchObject({ ok: true })
  })
})
