/** A SQL Server that is a member of a domain: logins are judged by the domain controller, over the landscape's network. */
import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'

const password = 'Secret-1'
const spec = {
  landscape: 'members',
  patienceMs: 600,
  hosts: {
    dc1: { runs: { directory: { accounts: [{ name: 'svc-vault', password, groups: ['Vault Services'] }] } } },
    sql1: {
      runs: {
        'sql-server': {
          directory: 'dc1',
          authentication: 'windows' as const,
          windowsLogins: [{ name: 'CORP\\Vault Services', group: true, roles: ['dbcreator' as const] }],
        },
      },
    },
    app1: { runs: { 'password-secure/client': { server: 'server1' } } },
    server1: { runs: { 'password-secure/app-server': { database: 'own1' } } },
    own1: { runs: { 'sql-server': {} } },
    license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
  },
}
const query = 'SELECT SUSER_SNAME() AS who, auth_scheme FROM sys.dm_exec_connections WHERE session_id = @@SPID'
const service = { user: 'svc-vault', password, domain: 'CORP' }

const login = (lab: RunningLandscape, more: Record<string, string | boolean>, from = 'server1') =>
  lab.host(from).probe('sql', { host: 'sql1', query, ...more })

const log = async (lab: RunningLandscape): Promise<string> =>
  JSON.stringify(await lab.host('sql1').call('sql-server', 'error-log', {}))

const untrusted = { ok: false, error: { text: expect.stringContaining('untrusted domain'), number: 18452 } }

test('a service account logs in through its group, and the domain controller’s journal tells who asked', async () => {
  await using lab = await startLandscape(spec)
  expect(await login(lab, service)).toMatchObject({
    ok: true,
    facts: { sql: { rows: [{ who: 'CORP\\svc-vault', auth_scheme: 'NTLM' }] } },
  })
  const before = (await lab.host('dc1').journal('directory')).length
  expect(await login(lab, { ...service, password: 'wrong' })).toMatchObject(untrusted)
  const journal = await lab.host('dc1').journal('directory')
  expect(journal.slice(before - 1).map(({ type, facts }) => ({ type, ...facts }))).toMatchObject([
    { type: 'logon', client: 'sql1', computer: 'SQL1$', domain: 'CORP', user: 'svc-vault' },
    { type: 'logon-refused', client: 'sql1', user: 'svc-vault', status: 'wrongPassword' },
  ])
  expect(JSON.stringify(journal)).not.toContain(password)
})

test('an application pool identity is its computer to another host: it needs a login for that', async () => {
  await using lab = await startLandscape(spec)
  expect(await login(lab, { integrated: true })).toMatchObject({
    ok: false,
    error: { number: 18456, text: "Login failed for user 'CORP\\SERVER1$'." },
  })
  expect(await log(lab)).toContain('State: 11.')
  await lab.host('sql1').call('sql-server', 'create-windows-login', { name: 'CORP\\SERVER1$' })
  expect(await login(lab, { integrated: true })).toMatchObject({
    ok: true,
    facts: { sql: { rows: [{ who: 'CORP\\SERVER1$' }] } },
  })
  expect(await login(lab, { integrated: true }, 'operator')).toMatchObject({
    ok: false,
    error: { text: expect.stringContaining('operator is in no domain') },
  })
})

test.each([
  ['reject:from=sql1,to=dc1,port=445', 'ECONNREFUSED'],
  ['drop:from=sql1,to=dc1,port=445', 'no answer within 600 ms'],
  ['stop:at=dc1.directory', 'ECONNREFUSED'],
])('%s: Windows logins fail with 18452, the log says that nobody could be asked', async (fault, reason) => {
  await using lab = await startLandscape(spec, { with: [fault] })
  expect(await login(lab, service)).toMatchObject({ ok: false })
  await expect.poll(() => log(lab)).toContain('0x80090311')
  expect(await log(lab)).toContain('No authority could be contacted for authentication.')
  const journal = await lab.host('sql1').journal('sql-server')
  expect(journal.find(({ type }) => type === 'directory-unreachable')?.facts).toMatchObject({
    controller: 'dc1',
    port: 445,
    reason: expect.stringContaining(reason),
  })
})

test('accounts and groups change under way; a computer without account may not ask', async () => {
  await using lab = await startLandscape(spec)
  const dc = (action: string, input: Record<string, string | boolean>) =>
    lab.host('dc1').call('directory', action, input)
  expect(await dc('change-account', { name: 'svc-vault', disabled: true })).toEqual({ changed: true })
  expect(await login(lab, service)).toMatchObject(untrusted)
  await dc('change-account', { name: 'svc-vault', disabled: false })
  await dc('leave-group', { group: 'Vault Services', member: 'svc-vault' })
  expect(await login(lab, service)).toMatchObject({ ok: false, error: { number: 18456 } })
  await dc('join-group', { group: 'Vault Services', member: 'Nested' })
  await dc('join-group', { group: 'Nested', member: 'svc-vault' })
  expect(await login(lab, service)).toMatchObject({ ok: true })
  expect(await dc('accounts', {})).toMatchObject({
    accounts: expect.arrayContaining([
      expect.objectContaining({ name: 'svc-vault', groups: ['Domain Users', 'Nested', 'Vault Services'] }),
    ]),
  })
  await dc('remove-account', { name: 'SQL1$' })
  expect(await login(lab, service)).toMatchObject(untrusted)
  expect((await lab.host('dc1').journal('directory')).at(-1)).toMatchObject({ type: 'computer-unknown' })
})
