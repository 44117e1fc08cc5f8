import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { agentLab } from './agent-lab.ts'

describe('what an agent does not start with', () => {
  test.each([
    ['the SDK’s certificate', { encryptionKey: { defect: 'sdk-certificate' } }, 'sdk-certificate'],
    ['the SDK’s in a file', { encryptionKey: { source: 'pfx', defect: 'sdk-certificate' } }, 'sdk-certificate'],
    ['a file’s wrong password', { encryptionKey: { source: 'pfx', defect: 'wrong-password' } }, 'wrong-password'],
    ['no file', { encryptionKey: { source: 'pfx', defect: 'file-not-found' } }, 'file-not-found'],
    ['no private key', { encryptionKey: { defect: 'no-private-key' } }, 'no-private-key'],
    ['a short key', { encryptionKey: { defect: 'too-short' } }, 'too-short'],
    ['an empty EncryptionCertificate', { appsettings: { EncryptionCertificate: { Thumbprint: null } } }, 'missing'],
    ['no EncryptionCertificate', { appsettings: { EncryptionCertificate: null } }, 'setting-missing'],
    ['no ApplicationUri', { appsettings: { ApplicationUri: null } }, 'setting-missing'],
    ['the identifier Local', { AgentIdentifier: 'Local' }, 'reserved-identifier'],
    ['no identifier', { agentAppsettings: { OpenId: { AgentIdentifier: null } } }, 'setting-missing'],
    ['a default client without a secret', { DefaultOpenIdClient: 'Other' }, 'setting-missing'],
    ['a wrong value', { appsettings: { JobLaunchTimeout: 'soon' } }, 'setting-invalid'],
    ['a single backslash', { appsettingsText: '{ "TempFolderPath": "C:\\Usercube" }' }, 'appsettings-malformed'],
    ['a broken second file', { agentAppsettingsText: '{' }, 'appsettings-malformed'],
  ])('%s', async (_what, settings, code) => {
    await using site = await agentLab(settings)
    expect(await site.call('status')).toMatchObject({ state: 'failed', refusal: { code } })
    expect(await site.journal('start-refused')).toMatchObject([{ code }])
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'start', code })
    expect(site.lab.endpoints().filter(({ to }) => to === 'agent1')).toEqual([])
  })
})

test('environment variables beat the files, and the root level holds clients as well', async () => {
  await using site = await agentLab({
    environment: { OpenId__AgentIdentifier: 'FromVariable', Scheduler__Enabled: 'false' },
    registration: { AgentIdentifier: 'FromVariable' },
    agentAppsettings: {
      OpenId: { OpenIdClients: null, DefaultOpenIdClient: null },
      OpenIdClients: { Job: 'Agent-4-Every1!' },
    },
  })
  expect(await site.call('status')).toMatchObject({ agentIdentifier: 'FromVariable', scheduler: 'disabled' })
  expect(await site.call('connect')).toMatchObject({ ok: true, agentIdentifier: 'FromVariable' })
})

describe('appsettings.encrypted.agent.json', () => {
  const secretElsewhere = {
    agentAppsettings: { OpenId: { OpenIdClients: { Job: 'not the secret' } } },
    encryptedAgentAppsettings: { OpenId: { OpenIdClients: { Job: 'Agent-4-Every1!' } } },
  }
  const asked = { appsettings: { EncryptionCertificate: { UseEncryptedAppsettings: true } } }

  test('holds the secret that is wrong in the plain file, where the settings say that it is read', async () => {
    await using site = await agentLab(secretElsewhere)
    expect(await site.call('connect')).toMatchObject({ ok: false, code: 'invalid_client' })
    await site.restart({ ...secretElsewhere, ...asked })
    expect(await site.call('connect')).toMatchObject({ ok: true })
    const file = `${site.lab.folder}/hosts/agent1/C/UsercubeAgent/Runtime/appsettings.encrypted.agent.json`
    expect(await readFile(file, 'utf8')).not.toContain('Agent-4-Every1!')
  })
})

test('a stale scheduler.lock is waited for, and its end is noticed', async () => {
  await using site = await agentLab()
  const lock = `${site.lab.folder}/hosts/agent1/C/UsercubeAgent/Temp/scheduler.lock`
  await site.lab.host('agent1').stop('identity-manager/agent')
  await writeFile(lock, 'crashed\n')
  await site.lab.host('agent1').start('identity-manager/agent')
  expect(await site.call('status')).toMatchObject({ state: 'running', scheduler: 'waiting' })
  expect(await site.call('remove-scheduler-lock')).toEqual({ removed: true })
  await expect.poll(() => site.call('status')).toMatchObject({ scheduler: 'running' })
  await site.lab.host('agent1').stop('identity-manager/agent')
  await writeFile(lock, 'crashed\n')
  await site.lab
    .host('agent1')
    .start('identity-manager/agent', { appsettings: { Scheduler: { MaxLockWatchTime: -1 } } })
  expect(await site.call('status')).toMatchObject({ scheduler: 'failed' })
})

test('the service account’s permissions are the requirement’s, and wrong ones are found', async () => {
  await using site = await agentLab()
  const rows = ['working-directory', 'runtime', 'provisioning-orders', 'data-collection', 'other']
  const { entries, violations } = await site.call('working-directory', { rows })
  expect(Array.isArray(entries) && entries.length).toBeGreaterThan(0)
  expect(violations).toEqual([])
  await site.restart({ workingDirectoryPermissions: { grant: ['runtime/write'], deny: ['data-collection/create'] } })
  expect((await site.call('working-directory', { rows })).violations).not.toEqual([])
})

test('with another key pair what was collected before is not readable, and what comes after is', async () => {
  await using site = await agentLab()
  expect(await site.call('export', { connector: 'HR' })).toMatchObject({ ok: true })
  await site.restart({ encryptionKey: { generation: 2 } })
  expect(await site.call('synchronise')).toMatchObject({ ok: false, step: 'key', code: 'another-key' })
  expect(await site.call('export', { connector: 'HR' })).toMatchObject({ ok: true, rows: 3 })
  expect(await site.call('synchronise')).toMatchObject({ ok: true, files: [{ rows: 3 }] })
})
