/** The application server's service user is a Windows account: SQL Server in Windows Authentication mode takes nobody else. */
import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'

test('the application server works as its service user; a SQL login is refused with state 58', async () => {
  await using lab = await startLandscape('windows-logins', { set: ['sql1.sql-server.authentication=windows'] })
  expect(await lab.host('app1').call('password-secure/app-server', 'status', {})).toMatchObject({
    acceptsLogins: true,
  })
  const journal = await lab.host('sql1').journal('sql-server')
  expect(journal.filter(({ type }) => type === 'login').map(({ facts }) => facts)).toContainEqual(
    expect.objectContaining({ user: 'CORP\\svc-vault', authentication: 'NTLM' }),
  )
  const asSa = await lab.host('app1').probe('sql', { host: 'sql1', user: 'sa', password: 'Adm1n-of-SQL!' })
  expect(asSa).toMatchObject({ ok: false, error: { number: 18456 } })
  expect(JSON.stringify(await lab.host('sql1').call('sql-server', 'error-log', {}))).toContain('State: 58.')
})

test('a Windows name as a SQL login, where the probe is told so, is state 6', async () => {
  await using lab = await startLandscape('windows-logins')
  const service = { user: 'CORP\\svc-vault', password: 'Vault-4-Every1!', domain: '' }
  expect(await lab.host('app1').probe('sql', { host: 'sql1', ...service })).toMatchObject({
    ok: false,
    error: { number: 18456 },
  })
  expect(JSON.stringify(await lab.host('sql1').call('sql-server', 'error-log', {}))).toContain('State: 6.')
})
