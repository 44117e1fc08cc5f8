import { expect, test } from 'vitest'
import { recipientsOf } from '../../../../mocks/identity-manager/server/mail/recipients.ts'
import { agentMailSettings, mailSettings } from '../../../../mocks/identity-manager/server/mail/settings.ts'
import { transportSecurity } from '../../../../mocks/identity-manager/server/mail/transport-security.ts'

const people = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `user${from + at}@corp.example`)
const split = (given: object, wanted: object) =>
  recipientsOf({ to: [], cc: [], bcc: [], ...wanted }, mailSettings.parse(given))

test('twenty recipients get a mail and the others are dropped, in the order of To, CC, BCC', () => {
  const everybody = { to: people(15), cc: people(10, 16), bcc: people(2, 26) }
  const { to, cc, bcc, overLimit } = split({}, everybody)
  expect([to.length, cc.length, bcc.length]).toEqual([15, 5, 0])
  expect(overLimit).toEqual([...people(5, 21), ...people(2, 26)])
  expect(split({ MaxRecipients: 27 }, everybody).overLimit).toEqual([])
  expect(split({ MaxRecipients: '0' }, everybody)).toMatchObject({ to: [], cc: [], bcc: [] })
})

test('domains that are not allowed do not count for the limit', () => {
  const to = ['a@evil.example', 'b@ACME.com', 'c@corp.example', 'd@sub.acme.com', 'e@acme.com']
  const result = split({ AllowedDomains: ' acme.com ;corp.example;', MaxRecipients: 2 }, { to })
  expect(result).toMatchObject({
    to: ['b@ACME.com', 'c@corp.example'],
    notAllowed: ['a@evil.example', 'd@sub.acme.com'],
    overLimit: ['e@acme.com'],
  })
})

test('the catch-all address takes every mail, its copy goes beside the limit', () => {
  const given = { CatchAllAddress: 'test@acme.com', AllowedDomains: 'corp.example' }
  expect(split(given, { to: people(2), cc: people(1, 3), bcc: people(1, 4) })).toEqual({
    to: ['test@acme.com'],
    cc: [],
    bcc: [],
    overLimit: [],
    notAllowed: [],
    caught: people(4),
  })
  const copied = split({ CatchAllCCAddress: 'copy@acme.com', MaxRecipients: 1 }, { to: people(2) })
  expect(copied).toMatchObject({ to: people(1), cc: ['copy@acme.com'], overLimit: people(1, 2) })
  expect(split({ CatchAllCCAddress: 'copy@acme.com', MaxRecipients: 0 }, { to: people(2) })).toMatchObject({ cc: [] })
})

test('settings as .NET reads them: keys and names in any case, texts for numbers and switches, unknown keys ignored', () => {
  const given = {
    fromaddress: 'a@b.c',
    Username: 'u',
    port: '587',
    ENABLED: 'False',
    SecureSocketOption: 'starttls',
    X: 1,
  }
  expect(agentMailSettings.parse(given)).toEqual({
    FromAddress: 'a@b.c',
    UserName: 'u',
    Port: 587,
    Enabled: false,
    SecureSocketOption: 'StartTls',
    EnableSsl: false,
    UseDefaultCredentials: false,
    UseSpecifiedPickupDirectory: false,
    MaxRecipients: 20,
  })
  for (const wrong of [
    { SecureSocketOption: 'Tls' },
    { Port: 'mail' },
    { Port: 70_000 },
    { Enabled: 'perhaps' },
    'x',
  ]) {
    expect(mailSettings.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
  }
})

test.for([
  [{}, 25, 'starttls'],
  [{ Port: 465 }, 465, 'implicit'],
  [{ SecureSocketOption: 'SslOnConnect' }, 465, 'implicit'],
  [{ SecureSocketOption: 'SslOnConnect', Port: 993 }, 993, 'implicit'],
  [{ SecureSocketOption: 'StartTlsWhenAvailable', Port: 465 }, 465, 'starttls'],
  [{ SecureSocketOption: 'None' }, 25, 'none'],
] as const)('%j goes to %d, %s', ([given, port, secure]) => {
  expect(transportSecurity(mailSettings.parse(given))).toEqual({ port, secure })
})
