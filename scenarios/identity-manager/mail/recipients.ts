import { type AnyScenario, scenario } from '../../../harness/scenario/index.ts'
import { requirement } from '../requirement.ts'
import { brokenByEnvironment, notified, serverAndMail } from './letters.ts'

const people = (count: number, from = 1): readonly string[] =>
  Array.from({ length: count }, (_, at) => `user${from + at}@corp.example`)

/** Who gets a notification, and in what form. */
export const mailRecipients: readonly AnyScenario[] = [
  scenario({
    id: 'identity-manager/mail/recipients-beyond-twenty-are-dropped',
    title: 'Of twenty-three recipients twenty get a notification, and nobody is told of the others',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('MaxRecipients', '50'),
    async run({ im, mail, expect }) {
      const { answer, mails } = await notified({ im, mail }, 'To many', {
        to: [...people(15)],
        cc: [...people(6, 16)],
        bcc: [...people(2, 22)],
      })
      expect(answer).toInclude({ ok: true, sent: people(20), dropped: people(3, 21) })
      expect(mails[0]?.envelope.to, 'who has got it').toEqual(people(20))
      const [entry] = await im.journal('mail-recipients-dropped')
      expect(entry?.facts).toInclude({ count: 3, limit: 20 })
    },
  }),
  scenario({
    id: 'identity-manager/mail/only-allowed-domains-get-mail',
    title: 'Recipients of domains that AllowedDomains does not name get nothing',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('AllowedDomains', ''),
    async run({ im, mail, expect }) {
      const { answer, mails } = await notified({ im, mail }, 'To our own', {
        to: ['alice@corp.example', 'stranger@elsewhere.example', 'bob@partner.example'],
        mailSettings: { AllowedDomains: 'corp.example; partner.example' },
      })
      expect(answer).toInclude({ ok: true, dropped: ['stranger@elsewhere.example'] })
      expect(mails[0]?.envelope.to, 'who has got it').toEqual(['alice@corp.example', 'bob@partner.example'])
    },
  }),
  scenario({
    id: 'identity-manager/mail/catch-all-takes-every-mail',
    title: 'CatchAllAddress takes every notification in place of its recipients, CatchAllCCAddress a copy',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('CatchAllAddress', ''),
    async run({ im, mail, expect }) {
      const { mails } = await notified({ im, mail }, 'Before going live', {
        to: [...people(3)],
        mailSettings: { CatchAllAddress: 'test@corp.example', CatchAllCCAddress: 'copy@corp.example' },
      })
      expect(mails[0]?.envelope.to, 'who has got it').toEqual(['test@corp.example', 'copy@corp.example'])
    },
  }),
  scenario({
    id: 'identity-manager/mail/disabled-mail-sends-nothing',
    title: 'With Enabled false no notification leaves the server',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('Enabled', 'true'),
    async run({ im, mail, expect }) {
      const mailSettings = { Enabled: false }
      const { answer, mails } = await notified({ im, mail }, 'Not sent', { to: [...people(1)], mailSettings })
      expect(answer).toInclude({ ok: true, sent: [], transport: 'disabled' })
      expect(mails.length, 'mails at the mail server').toEqual(0)
    },
  }),
  scenario({
    id: 'identity-manager/mail/pickup-directory-gets-a-file',
    title:
      'With UseSpecifiedPickupDirectory a notification is a file in PickupDirectory, and nothing goes to the mail server',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: brokenByEnvironment('UseSpecifiedPickupDirectory', 'false'),
    async run({ im, mail, expect }) {
      const mailSettings = { UseSpecifiedPickupDirectory: true, PickupDirectory: '../Temp/Mails' }
      const [to, bcc] = [people(2), people(1, 3)]
      const subject = 'Picked up'
      const { answer, mails } = await notified({ im, mail }, subject, { to: [...to], bcc: [...bcc], mailSettings })
      expect(answer).toInclude({ ok: true, transport: 'pickup' })
      expect(mails.length, 'mails at the mail server').toEqual(0)
      const { mails: files } = await im.call('written-mails', { subject, mailSettings })
      expect(files.length, 'files').toEqual(1)
      expect(files[0]).toInclude({ to, receivers: [...to, ...bcc], subject })
      expect(files[0]?.file, 'name of the file').toMatch(/^[\da-f-]{36}\.eml$/)
    },
  }),
  scenario({
    id: 'identity-manager/mail/host-may-be-a-directory',
    title: 'A directory given as Host is a pickup directory',
    requirement: requirement.mailSettings,
    on: serverAndMail,
    brokenBy: { setting: 'im.environment.MailSettings__Host', value: 'mail1.corp.example' },
    async run({ im, mail, expect }) {
      const mailSettings = { Host: 'C:/Usercube/Mails' }
      const { answer } = await notified({ im, mail }, 'By Host', { to: [...people(1)], mailSettings })
      expect(answer).toInclude({ ok: true, transport: 'pickup' })
      const { mails: files } = await im.call('written-mails', { subject: 'By Host', mailSettings })
      expect(files.length, 'files').toEqual(1)
    },
  }),
]
