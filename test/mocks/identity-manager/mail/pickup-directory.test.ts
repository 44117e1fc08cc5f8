import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { mailHandlers } from '../../../../mocks/identity-manager/server/mail/mail-handlers.ts'
import { createNotifications } from '../../../../mocks/identity-manager/server/mail/notifications.ts'
import { mailSettings } from '../../../../mocks/identity-manager/server/mail/settings.ts'
import { hostPath } from '../../../../mocks/identity-manager/working-directory/windows-path.ts'
import { componentHostDoubles } from '../../../support/component-host-double.ts'

const letter = {
  to: ['alice@corp.example', 'bob@corp.example'],
  cc: ['carol@corp.example'],
  bcc: ['audit@corp.example'],
  subject: 'Zugriff geprüft — €',
  text: 'Zeile eins\n.\nZeile drei ü\n',
}

describe('a pickup directory', () => {
  test.for([
    ['relative to Runtime', { UseSpecifiedPickupDirectory: true, PickupDirectory: '../Mails' }, 'C/Usercube/Mails'],
    [
      'with a drive, and Host without meaning',
      { UseSpecifiedPickupDirectory: true, PickupDirectory: 'D:\\Usercube\\Temp\\Mails', Host: 'nowhere.example' },
      'D/Usercube/Temp/Mails',
    ],
    ['given as Host', { Host: 'C:/Usercube/Temp/Mails' }, 'C/Usercube/Temp/Mails'],
    ['on a share', { Host: '\\\\files1\\mails\\out' }, 'UNC/files1/mails/out'],
  ] as const)('%s gets a real .eml file', async ([_, given, folder]) => {
    await using doubles = await componentHostDoubles()
    const { host, journal } = doubles.host('im1')
    const settings = mailSettings.parse({ FromAddress: 'no-reply@corp.example', ...given })
    const sent = await createNotifications(host, settings).send(letter)
    const everybody = [...letter.to, ...letter.cc, ...letter.bcc]
    expect(sent).toMatchObject({ sent: everybody, transport: 'pickup', secured: false })
    const files = await readdir(join(host.files.root, folder))
    expect(files).toEqual([sent.file])
    expect(sent.file).toMatch(/^[\da-f]{8}-[\da-f-]{27}\.eml$/)
    const raw = await readFile(join(host.files.root, folder, sent.file ?? ''))
    const mail = await PostalMime.parse(raw)
    expect(mail).toMatchObject({
      from: { address: 'no-reply@corp.example' },
      to: letter.to.map((address) => ({ address })),
      cc: [{ address: letter.cc[0] }],
      subject: letter.subject,
      text: letter.text,
    })
    const fields = (name: string) => mail.headers.filter(({ key }) => key === name).map(({ value }) => value)
    expect(fields('x-sender')).toEqual(['no-reply@corp.example'])
    expect(fields('x-receiver').sort()).toEqual(everybody.sort())
    expect(fields('bcc')).toEqual([])
    expect(Math.abs(Date.parse(mail.date ?? '') - host.now().getTime())).toBeLessThan(60_000)
    expect(journal.map(({ type }) => type)).toEqual(['mail-written'])

    const handlers = mailHandlers(() => createNotifications(host, settings))
    const found = await handlers['written-mails']({ subject: 'geprüft' }, AbortSignal.timeout(5_000))
    expect(found).toMatchObject({
      mails: [{ file: sent.file, sender: 'no-reply@corp.example', subject: letter.subject }],
    })
    expect(await handlers['written-mails']({ subject: 'other' }, AbortSignal.timeout(5_000))).toMatchObject({
      mails: [],
    })
  })

  test('is not written to when mail is disabled', async () => {
    await using doubles = await componentHostDoubles()
    const { host, journal } = doubles.host('im1')
    const settings = mailSettings.parse({ FromAddress: 'x@corp.example', Host: 'C:/Mails', Enabled: false })
    const sent = await createNotifications(host, settings).send(letter)
    expect(sent).toMatchObject({ sent: [], transport: 'disabled' })
    expect(sent.dropped).toHaveLength(4)
    const handlers = mailHandlers(() => createNotifications(host, settings))
    const none = { directory: 'C:/Mails', mails: [] }
    expect(await handlers['written-mails']({}, AbortSignal.timeout(5_000))).toEqual(none)
    await expect(readdir(join(host.files.root, 'C', 'Mails'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(journal).toMatchObject([{ type: 'mail-disabled', facts: { recipients: 4 } }])
  })
})

test.for([
  ['C:/Usercube/Runtime', 'C/Usercube/Runtime'],
  ['c:\\Usercube\\..\\..\\..\\x.pfx', 'C/x.pfx'],
  ['../Temp', 'C/Usercube/Temp'],
  ['/srv/usercube', 'C/srv/usercube'],
  ['../../../../../etc/passwd', 'C/etc/passwd'],
  ['//files1/share/../../../a', 'UNC/files1/share/a'],
] as const)('%s stands at %s', async ([path, below]) => {
  await using doubles = await componentHostDoubles()
  const { host } = doubles.host('im1')
  expect(hostPath(host, path)).toBe(join(host.files.root, below))
  expect(() => hostPath(host, `${path}\0`)).toThrow(RangeError)
})
