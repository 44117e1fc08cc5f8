import { describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { serverSite } from './server-site.ts'

const noCurl = missing('curl')

describe.skipIf(noCurl)(`GET /hc, asked by curl${noCurl ?? ''}`, () => {
  test('is Healthy after a SQL login', async () => {
    await using site = await serverSite()
    const { stdout } = await site.curl('/hc', '-w', ' %{http_code} %{content_type}')
    expect(stdout).toBe('Healthy 200 text/plain')
    const sessions = await site.lab.host('sql1').call('sql-server', 'sessions', {})
    expect(sessions).toMatchObject({ sessions: [{ login: 'usercube', database: 'Usercube' }] })
  })

  test('is Healthy as the service account, by Windows authentication', async () => {
    await using site = await serverSite({ sqlAuthentication: 'windows' })
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
    const sessions = await site.lab.host('sql1').call('sql-server', 'sessions', {})
    expect(sessions).toMatchObject({ sessions: [{ login: 'CORP\\svc-identity' }] })
  })

  test('is Unhealthy while SQL Server is away, and Healthy when it is back', async () => {
    await using site = await serverSite()
    await site.lab.host('sql1').stop('sql-server')
    const { stdout } = await site.curl('/hc', '-w', ' %{http_code}')
    expect(stdout).toBe('Unhealthy 503')
    await site.lab.host('sql1').start('sql-server')
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
  })
})
