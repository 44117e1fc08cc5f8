import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startLandscape } from '../../../../harness/standard.ts'
import { realUsers } from '../../../../mocks/identity-manager/working-directory/service-identity.ts'

const SERVER = 'identity-manager/server'
const AGENT = 'identity-manager/agent'
const users = realUsers('CORP\\svc-agent')

const hosts = {
  sql1: { runs: { 'sql-server': {} } },
  im1: { runs: { [SERVER]: { database: 'sql1', integratedAgent: { enabled: true } } } },
  agent1: { runs: { [AGENT]: { server: 'im1', AgentIdentifier: 'Agent2' } } },
}

test('the server, with an agent within it, and a separate agent each answer for their own service account', async () => {
  await using lab = await startLandscape({ landscape: 'working-directories', hosts }, {})
  for (const [host, kind, account] of [
    ['im1', SERVER, 'CORP\\svc-identity'],
    ['agent1', AGENT, 'CORP\\svc-agent'],
  ] as const) {
    const report = await lab.host(host).call(kind, 'working-directory', {})
    expect(report, `${kind} on ${host}`).toMatchObject({ account, violations: [] })
  }
  const separate = join(lab.folder, 'hosts', 'agent1', 'C', 'UsercubeAgent')
  expect((await readdir(join(separate, 'Runtime'))).sort()).toEqual([
    'Usercube-Agent.exe',
    'Usercube-Server.exe',
    'appsettings.agent.json',
    'appsettings.json',
    'identity-server.cer',
  ])
  const settings = await stat(join(separate, 'Runtime', 'appsettings.json'))
  expect(settings.mode & 0o777).toBe(0o640)
  if (users.identity) expect(settings).toMatchObject({ uid: 0, gid: users.identity.gid })
})

test('the built-in identity of an application pool has a working directory as well, and mistakes are found there', async () => {
  const pool = { applicationPool: { identityType: 'ApplicationPoolIdentity' } }
  const im1 = { database: 'sql1', iis: pool, workingDirectoryPermissions: { grant: ['other/list'] } }
  const spec = { landscape: 'pool-identity', hosts: { sql1: hosts.sql1, im1: { runs: { [SERVER]: im1 } } } }
  await using lab = await startLandscape(spec, {})
  const report = await lab.host('im1').call(SERVER, 'working-directory', { rows: ['other'] })
  expect(report).toMatchObject({ account: expect.stringMatching(/^IIS APPPOOL\\/) })
  expect(JSON.stringify(report)).toContain('other: list in Temp is allowed, not denied')
})
