import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { type ServerSite, type Settings, serverSite } from './server-site.ts'

const noCurl = missing('curl')

let site: ServerSite
beforeAll(async () => {
  site = await serverSite()
})
afterAll(() => site?.[Symbol.asyncDispose]())

const pfx = { source: 'pfx' } as const

const refusals: readonly [what: string, settings: Settings, code: string, text: RegExp][] = [
  ['no licence', { licence: { defect: 'missing' } }, 'licence/missing', /license key/],
  ['an expired licence', { licence: { defect: 'expired' } }, 'licence/expired', /expired/],
  ['a licence that ended yesterday', { licence: { validTo: '20200101' } }, 'licence/expired', /2020-01-01/],
  ['a tampered licence', { licence: { defect: 'tampered' } }, 'licence/tampered', /signed/],
  ['a licence that is none', { licence: { defect: 'malformed' } }, 'licence/malformed', /cannot be read/],
  [
    'the SDK’s encryption certificate',
    { encryptionCertificate: { defect: 'sdk-certificate' } },
    'encryption-certificate/sdk-certificate',
    /SDK/,
  ],
  [
    'the SDK’s identity server certificate',
    { identityCertificate: { ...pfx, defect: 'sdk-certificate' } },
    'identity-server-certificate/sdk-certificate',
    /SDK/,
  ],
  [
    'a PFX file that is not there',
    { encryptionCertificate: { ...pfx, defect: 'file-not-found' } },
    'encryption-certificate/file-not-found',
    /Could not find file/,
  ],
  [
    'a wrong PFX password',
    { identityCertificate: { ...pfx, defect: 'wrong-password' } },
    'identity-server-certificate/wrong-password',
    /network password is not correct/,
  ],
  [
    'a PFX without its private key',
    { encryptionCertificate: { ...pfx, defect: 'no-private-key' } },
    'encryption-certificate/no-private-key',
    /private key/,
  ],
  [
    'a key that is too short',
    { encryptionCertificate: { defect: 'too-short' } },
    'encryption-certificate/too-short',
    /RSA-2048/,
  ],
  [
    'a thumbprint that no certificate has',
    { identityCertificate: { defect: 'not-in-store' } },
    'identity-server-certificate/not-in-store',
    /no certificate loaded/,
  ],
  [
    'no encryption certificate at all',
    { appsettings: { EncryptionCertificate: null } },
    'encryption-certificate/missing',
    /no certificate loaded/,
  ],
  ['no ApplicationUri', { appsettings: { ApplicationUri: null } }, 'setting-missing', /'ApplicationUri' is required/],
  ['no ConnectionString', { appsettings: { ConnectionString: null } }, 'setting-missing', /'ConnectionString'/],
  [
    'a single backslash',
    { appsettingsText: '{\n  "EncryptionCertificate": { "File": "C:\\Usercube\\key.pfx" }\n}' },
    'appsettings-malformed',
    /InvalidDataException: Failed to load configuration from file 'C:\\Usercube\\Runtime\\appsettings\.json'\. .* 'U' is an invalid escapable character within a JSON string\. .* LineNumber: 1 \| BytePositionInLine: 41\.$/,
  ],
  [
    'a number that is none',
    { environment: { MaxPageSize: 'many' } },
    'setting-invalid',
    /^System\.InvalidOperationException: Failed to convert configuration value at 'MaxPageSize' to type 'System\.Int32'\.$/,
  ],
  [
    'a connection string of unknown words',
    { appsettings: { ConnectionString: 'data source=sql1;Passwort=Geheim-1' } },
    'connection-string-malformed',
    /Keyword not supported: 'passwort'/,
  ],
  [
    'an application pool with managed code',
    { iis: { applicationPool: { managedRuntimeVersion: 'v4.0' } } },
    'application-pool/managed-runtime',
    /No Managed Code/,
  ],
]

describe.skipIf(noCurl)(`A server that cannot start${noCurl ?? ''}`, () => {
  test.each(refusals)('with %s says so, and IIS answers 500.30', async (_what, settings, code, text) => {
    await site.restart(settings)
    const refused = await site.journal('start-refused')
    expect(refused).toMatchObject([{ code, text: expect.stringMatching(text) }])
    expect(await site.call('status')).toMatchObject({ state: 'failed', refusal: { code } })

    const { stdout } = await site.curl('/hc', '-i')
    expect(stdout).toContain('HTTP/1.1 500 ')
    expect(stdout.toLowerCase()).toContain('server: microsoft-iis/10.0')
    expect(stdout).toContain('<title>HTTP Error 500.30 - ASP.NET Core app failed to start</title>')
    // The reason is the administrator's alone, and no secret is in it.
    expect(stdout).not.toMatch(text)
    expect(JSON.stringify([refused, await site.call('status')])).not.toMatch(/Cube-4-Every1|Geheim|BEGIN/)
  })

  test.each(['windows-service', 'stand-alone'] as const)('as %s listens nowhere', async (hosting) => {
    await site.restart({ hosting, licence: { defect: 'expired' } })
    expect(await site.journal('start-refused')).toMatchObject([{ code: 'licence/expired' }])
    const { exitCode, stderr } = await site.curl('/hc')
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(/refused|Failed to connect/),
    })
  })

  test('starts when the administrator has mended the file', async () => {
    await site.restart({ appsettings: { License: 'no licence' } })
    expect(await site.call('status')).toMatchObject({ state: 'failed' })
    const { text } = await site.call('appsettings')
    const { License: _broken, ...kept } = JSON.parse(text)
    await site.restart()
    const valid = JSON.parse((await site.call('appsettings')).text).License
    await site.call('set-appsettings', { text: JSON.stringify({ ...kept, License: valid }) })
    expect(await site.call('recycle')).toMatchObject({ state: 'running' })
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
  })
})
