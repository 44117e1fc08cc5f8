import { expect, test } from 'vitest'
import { serverSite } from '../server/server-site.ts'

const letter = { to: ['alice@corp.example'], subject: 'To the server of the landscape' }

test('a server without MailSettings sends nothing, and one with a change of them does', async () => {
  await using site = await serverSite({ appsettings: { MailSettings: null } })
  expect(await site.call('notify', letter)).toMatchObject({ ok: true, transport: 'disabled', sent: [] })
  const mailSettings = { FromAddress: 'identity@corp.example', Host: 'mail1.corp.example', Enabled: true }
  expect(await site.call('notify', { ...letter, mailSettings })).toMatchObject({ ok: true, sent: letter.to })
  const search = await site.lab.host('mail1').call('smtp-server', 'search', { subject: letter.subject })
  expect(search).toMatchObject({ total: 1, mails: [{ client: 'im1', from: 'identity@corp.example' }] })
})

test('settings that .NET cannot bind are told in its words, and no process is no notification', async () => {
  await using site = await serverSite()
  const wrong = await site.call('notify', {
    ...letter,
    mailSettings: { Port: 'twenty-five', Password: 'S3cret-value' },
  })
  expect(wrong).toMatchObject({
    ok: false,
    code: 'setting-invalid',
    text: expect.stringContaining('MailSettings:Port'),
  })
  expect(JSON.stringify([wrong, await site.journal('start-refused')])).not.toContain('S3cret-value')
  await site.restart({ licence: { defect: 'expired' } })
  expect(await site.call('notify', letter)).toMatchObject({ ok: false, code: expect.stringContaining('licence') })
  expect(await site.call('written-mails', {})).toEqual({ mails: [] })
})
