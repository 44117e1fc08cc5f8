import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MailSettings, SmtpFacts } from '../../../harness/clients/mail.ts'
import { type Lab, openLab } from './lab.ts'
import { nothingLeft } from './nothing-left.ts'
import { smtpDouble } from './smtp-double.ts'

let lab: Lab
let left: () => Promise<void>
beforeAll(async () => {
  left = nothingLeft()
  lab = await openLab()
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
  await left()
})

const mail = { from: 'app1@corp.example', to: ['a@corp.example', 'b@corp.example'], subject: 'Grüße', text: 'Hello.' }
const app = { user: 'app', password: 'secret' }
const settings = (port: number, more: Partial<MailSettings> = {}): MailSettings => ({
  host: 'app1',
  port,
  secure: 'starttls',
  ...more,
})
const noFacts = (): SmtpFacts => ({ transcript: [], secure: false, auth: 'not-asked' })

describe('sending', () => {
  test('over STARTTLS, logged in, from the address of the host', async () => {
    await using server = await smtpDouble(lab, {})
    const sent = await lab.clients.mail.send(settings(server.port, { ...app, secure: 'required-starttls' }), mail)
    expect(sent).toMatchObject({ accepted: mail.to, rejected: [], response: expect.stringMatching(/^250 /) })
    expect(server.mails).toMatchObject([
      { from: mail.from, to: mail.to, secure: true, user: 'app', client: '127.0.9.9 client1' },
    ])
    expect(server.mails[0]?.text).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=')
    expect(server.mails[0]?.text).toContain(`Message-ID: ${sent.messageId}`)
  })

  test('over a route to another address and port, under the host’s own name', async () => {
    await using server = await smtpDouble(lab, { secure: true })
    lab.routes['app1:465'] = { host: '127.0.0.1', port: server.port, localAddress: '127.0.9.8' }
    await lab.clients.mail.send(settings(465, { ...app, secure: 'implicit' }), mail)
    expect(server.mails).toMatchObject([{ secure: true, client: '127.0.9.8 client1' }])
  })

  test('in clear text without a word where STARTTLS is not offered, and refused where it is a must', async () => {
    await using server = await smtpDouble(lab, { disabledCommands: ['STARTTLS', 'AUTH'] })
    await lab.clients.mail.send(settings(server.port, app), mail)
    expect(server.mails).toMatchObject([{ secure: false, user: '' }])
    const must = lab.clients.mail.send(settings(server.port, { secure: 'required-starttls' }), mail)
    await expect(must).rejects.toMatchObject({ code: 'ETLS', command: 'STARTTLS' })
  })

  test('the server’s refusals are nodemailer’s errors', async () => {
    await using server = await smtpDouble(lab, {
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no such user'), { responseCode: 550 })),
    })
    const wrong = lab.clients.mail.send(settings(server.port, { user: 'app', password: 'wrong' }), mail)
    await expect(wrong).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' })
    const nobody = lab.clients.mail.send(settings(server.port, app), mail)
    await expect(nobody).rejects.toMatchObject({ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' })
  })
})

describe('a conversation', () => {
  test('tells line by line what was said, and no password', async () => {
    await using server = await smtpDouble(lab, {})
    const facts = noFacts()
    await lab.clients.mail.converse(settings(server.port, app), facts, mail)
    expect(facts).toMatchObject({
      secure: true,
      auth: 'accepted',
      remoteAddress: '127.0.0.1',
      tls: { protocol: 'TLSv1.3', authorized: true, subject: 'CN=app1, O=Corp' },
      sent: { accepted: mail.to },
    })
    const commands = facts.transcript.filter((line) => line.startsWith('C: ')).map((line) => line.split(' ')[1])
    expect(commands).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'RCPT', 'DATA', 'QUIT'])
    const plain = Buffer.from('\0app\0secret').toString('base64')
    expect(facts.transcript.join('\n')).not.toContain(plain)
    expect(server.mails).toHaveLength(1)
  })

  test('keeps what was learned before a refusal', async () => {
    await using server = await smtpDouble(lab, {})
    const facts = noFacts()
    const talk = lab.clients.mail.converse(settings(server.port, { user: 'app', password: 'wrong' }), facts)
    await expect(talk).rejects.toMatchObject({ code: 'EAUTH' })
    expect(facts).toMatchObject({ secure: true, auth: 'refused' })
    expect(facts.transcript.at(-1)).toMatch(/^S: 535 /)
  })

  test('says that a login was not offered, which nodemailer passes over', async () => {
    await using server = await smtpDouble(lab, { disabledCommands: ['AUTH'] })
    const facts = noFacts()
    await lab.clients.mail.converse(settings(server.port, app), facts)
    expect(facts).toMatchObject({ auth: 'not-offered' })
  })

  test('fails before the mail where a login must be and none is offered', async () => {
    await using server = await smtpDouble(lab, { disabledCommands: ['AUTH'] })
    const facts = noFacts()
    const talk = lab.clients.mail.converse(settings(server.port, { ...app, loginRequired: true }), facts, mail)
    await expect(talk).rejects.toMatchObject({ code: 'EAUTH', ours: true })
    expect(facts).toMatchObject({ auth: 'not-offered' })
    expect(server.mails).toEqual([])
  })
})

test.for(['send', 'converse', 'compose'] as const)('BCC stands in the envelope and not in the mail: %s', async (by) => {
  await using server = await smtpDouble(lab, {})
  const everybody = [...mail.to, 'c@corp.example', 'hidden@corp.example']
  const letter = {
    ...mail,
    cc: ['c@corp.example'],
    bcc: ['hidden@corp.example'],
    date: new Date('2026-01-02T03:04:05Z'),
  }
  const { mail: client } = lab.clients
  if (by === 'send') await client.send(settings(server.port, app), letter)
  if (by === 'converse') await client.converse(settings(server.port, app), noFacts(), letter)
  const written = by === 'compose' ? await client.compose(letter) : undefined
  const to = written?.envelope.to ?? server.mails[0]?.to
  const text = written?.message.toString() ?? server.mails[0]?.text ?? ''
  expect(to).toEqual(everybody)
  expect(text).toContain('Cc: c@corp.example')
  expect(text).toContain('Date: Fri, 02 Jan 2026 03:04:05 +0000')
  expect(text).not.toContain('hidden@corp.example')
})

test('disposing ends what is under way', async () => {
  await using other = await openLab({ patienceMs: 60_000 })
  const server = createServer()
  const port = await other.serve(server)
  const { mail: client, tls } = other.clients
  const sending = expect(client.send(settings(port), mail)).rejects.toMatchObject({ code: 'EABORT' })
  await once(server, 'connection')
  const talking = expect(client.converse(settings(port), noFacts())).rejects.toMatchObject({ code: 'not-running' })
  await once(server, 'connection')
  const shaking = expect(tls.connect({ host: 'app1', port })).rejects.toMatchObject({ code: 'not-running' })
  await once(server, 'connection')
  await other.clients[Symbol.asyncDispose]()
  await Promise.all([sending, talking, shaking])
  await expect(client.send(settings(port), mail)).rejects.toMatchObject({ code: 'not-running' })
})
