import { expect, test } from 'vitest'
import {
  issueLicence,
  LicenceRefused,
  readLicence,
} from '../../../../../mocks/identity-manager/server/licence/licence.ts'
import { quotaStanding } from '../../../../../mocks/identity-manager/server/licence/quota.ts'
import { run } from '../../../../support/programs.ts'

const now = new Date('2026-11-22T12:00:00Z')
const facts = { licensedTo: 'Corp', validTo: '20271231', identityQuota: 5_000 }

const reason = (text: string | undefined, at = now): string => {
  try {
    readLicence(text, at)
    return 'taken'
  } catch (error) {
    return error instanceof LicenceRefused ? error.reason : String(error)
  }
}

const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(issueLicence(facts)), ...change })

test('a licence key is JSON with the documented names, and gives what the vendor signed', () => {
  const key = issueLicence(facts)
  expect(Object.keys(JSON.parse(key))).toEqual(['LicensedTo', 'ValidTo', 'IdentityQuota', 'Signature'])
  expect(JSON.parse(key)).toMatchObject({ LicensedTo: 'Corp', ValidTo: '20271231', IdentityQuota: 5_000 })
  expect(readLicence(key, now)).toEqual({
    licensedTo: 'Corp',
    validTo: new Date('2027-12-31T23:59:59.999Z'),
    identityQuota: 5_000,
  })
})

test('it is good until the end of its last day', () => {
  const key = issueLicence(facts)
  expect(reason(key, new Date('2027-12-31T23:59:59Z'))).toBe('taken')
  expect(reason(key, new Date('2028-01-01T00:00:00Z'))).toBe('expired')
})

test('no key at all is missing', () => {
  for (const text of [undefined, '', ' \n']) expect(reason(text)).toBe('missing')
})

test('a change to what was signed, or a signature of somebody else, is found', () => {
  expect(reason(changed({ LicensedTo: 'Other' }))).toBe('tampered')
  expect(reason(changed({ ValidTo: '20991231' }))).toBe('tampered')
  expect(reason(changed({ IdentityQuota: 5_001 }))).toBe('tampered')
  expect(reason(changed({ Signature: Buffer.alloc(64).toString('base64') }))).toBe('tampered')
  expect(reason(changed({ Signature: '' }))).toBe('tampered')
  const other = JSON.parse(issueLicence({ ...facts, licensedTo: 'Other' })) as { Signature: string }
  expect(reason(changed({ Signature: other.Signature }))).toBe('tampered')
  // An expired licence whose date was moved is tampered with; one that was not is expired.
  expect(reason(issueLicence({ ...facts, validTo: '20200101' }))).toBe('expired')
})

test('what is no licence key is malformed', () => {
  const wrong = [
    '{',
    '[]',
    '"text"',
    'null',
    '12',
    '{}',
    `${issueLicence(facts)}x`,
    '{"LicensedTo":"Corp"}',
    'a'.repeat(9_000),
  ]
  for (const text of wrong) expect(reason(text), text.slice(0, 40)).toBe('malformed')
  const changes = [
    { ValidTo: '2027-12-31' },
    { ValidTo: '20270230' },
    { ValidTo: 20271231 },
    { IdentityQuota: -1 },
    { IdentityQuota: 1.5 },
    { IdentityQuota: '5000' },
    { LicensedTo: '' },
    { Signature: '§' },
    { Edition: 'Enterprise' },
  ]
  for (const change of changes) expect(reason(changed(change)), JSON.stringify(change)).toBe('malformed')
})

test('no message has the signature in it', () => {
  const key = changed({ LicensedTo: 'Other' })
  const { Signature } = JSON.parse(key) as { Signature: string }
  expect(() => readLicence(key, now)).toThrow(LicenceRefused)
  expect(() => readLicence(key, now)).not.toThrow(Signature)
})

test('a key is as good in another process: the simulated vendor is the same everywhere', async () => {
  const module = new URL('../../../../../mocks/identity-manager/server/licence/licence.ts', import.meta.url)
  const script = `const { issueLicence } = await import(${JSON.stringify(module.href)}); console.log(issueLicence(${JSON.stringify(facts)}))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
  expect(stdout.trim()).toBe(issueLicence(facts))
})

test('the quota is kept up to its own number', () => {
  const licence = readLicence(issueLicence({ ...facts, identityQuota: 10 }), now)
  expect(quotaStanding(licence, 10)).toEqual({ identities: 10, quota: 10, within: true, beyond: 0 })
  expect(quotaStanding(licence, 12)).toEqual({ identities: 12, quota: 10, within: false, beyond: 2 })
})
