import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerSite, serverSite } from './server-site.ts'

let site: ServerSite
beforeAll(async () => {
  site = await serverSite()
})
afterAll(() => site?.[Symbol.asyncDispose]())

const uri = async () => (await site.call('status')).applicationUri

describe('appsettings', () => {
  test('of the environment beat the file of the environment, which beats the file', async () => {
    const appsettings = { ApplicationUri: 'https://file.corp.example' }
    await site.restart({ appsettings })
    expect(await uri()).toBe('https://file.corp.example')
    const environmentAppsettings = { applicationuri: 'https://staging.corp.example' }
    await site.restart({ appsettings, environmentAppsettings, environmentName: 'Staging' })
    expect(await uri()).toBe('https://staging.corp.example')
    const environment = { APPLICATIONURI: 'https://variable.corp.example' }
    await site.restart({ appsettings, environmentAppsettings, environmentName: 'Staging', environment })
    expect(await uri()).toBe('https://variable.corp.example')
  })

  test('of another environment are not read', async () => {
    await site.restart({ environmentAppsettings: { ApplicationUri: 'https://staging.corp.example' } })
    await site.restart({ environmentName: 'Development' })
    expect(await uri()).toBe('https://im1.corp.example')
  })

  test('of the environment reach into sections, with values as texts', async () => {
    await site.restart({ environment: { MailSettings__Enabled: 'False', mailsettings__port: '2525' } })
    const sent = await site.call('notify', { to: ['bob@corp.example'], subject: 'x', text: 'x' })
    expect(sent).toMatchObject({ ok: true, transport: 'disabled' })
  })

  test('that are unknown are ignored, an ApplicationUri without a scheme is taken', async () => {
    await site.restart({ appsettings: { Nonsense: { A: [1, { B: true }] }, ApplicationUri: 'im1.corp.example:5000' } })
    expect(await uri()).toBe('https://im1.corp.example:5000')
  })

  test('encrypted beat the plain ones where the settings say so', async () => {
    await site.restart({ appsettings: { ConnectionString: 'data source=nowhere;Database=Usercube' } })
    expect(await site.call('status')).toMatchObject({ database: { connected: false } })
    const change = {
      ConnectionString:
        'data source=sql1.corp.example;Database=Usercube;User Id=usercube;Password=Cube-4-Every1!;encrypt=false',
    }
    expect(await site.call('encrypt-appsettings', { change })).toEqual({ ok: true })
    await site.call('recycle')
    expect(await site.call('status'), 'not asked for').toMatchObject({ database: { connected: false } })
    await site.call('set-appsettings', { change: { EncryptionCertificate: { UseEncryptedAppsettings: true } } })
    await site.call('recycle')
    expect(await site.call('status')).toMatchObject({ state: 'running', database: { connected: true } })

    // Whoever changes the key pair has to encrypt anew.
    expect(await site.call('rotate-key-pair', { which: 'encryption' })).toMatchObject({
      state: 'failed',
      refusal: { code: 'encrypted-appsettings/another-key' },
    })
  })
})

describe('the encryption key pair', () => {
  test('protects source, configuration and log files; after a rotation the old ones are nobody’s', async () => {
    await site.restart()
    for (const kind of ['source', 'configuration', 'log'] as const) {
      const file = { kind, name: `${kind}.txt` }
      const written = await site.call('write-file', { ...file, content: `secret of ${kind}` })
      expect(written).toMatchObject({ ok: true })
      const { readFile } = await import('node:fs/promises')
      expect(await readFile(written.ok ? written.path : '', 'utf8')).toMatch(/^[\w-]+(\.[\w-]+){4}$/)
      expect(await site.call('read-file', file)).toEqual({ ok: true, content: `secret of ${kind}` })
    }
    const rotated = await site.call('rotate-key-pair', { which: 'encryption' })
    expect(rotated).toMatchObject({ state: 'running', starts: 2 })
    expect(rotated.previous).not.toBe(rotated.thumbprint)
    expect(await site.call('read-file', { kind: 'log', name: 'log.txt' })).toMatchObject({ code: 'another-key' })
    await site.call('write-file', { kind: 'log', name: 'log.txt', content: 'anew' })
    expect(await site.call('read-file', { kind: 'log', name: 'log.txt' })).toEqual({ ok: true, content: 'anew' })
    // The pair stays when the server is started again.
    await site.restart()
    expect(await site.call('read-file', { kind: 'log', name: 'log.txt' })).toEqual({ ok: true, content: 'anew' })
  })

  test('is found in a file and in a store, by thumbprint and by subject', async () => {
    for (const wish of [{ source: 'pfx' }, { by: 'subject' }, { by: 'thumbprint' }] as const) {
      await site.restart({ encryptionCertificate: wish, identityCertificate: wish })
      const pairs = await site.call('key-pairs')
      expect(pairs, JSON.stringify(wish)).toMatchObject({
        ok: true,
        encryption: { bits: 2048 },
        identityServer: { bits: 2048 },
      })
    }
  })

  test('leaves files readable when EncryptFile is false', async () => {
    await site.restart({ appsettings: { EncryptionCertificate: { EncryptFile: false } } })
    const written = await site.call('write-file', { kind: 'source', name: 'plain.csv', content: 'a;b' })
    const { readFile } = await import('node:fs/promises')
    expect(await readFile(written.ok ? written.path : '', 'utf8')).toBe('a;b')
  })
})
