import { expect, test } from 'vitest'
import { smtpServer } from '../../../mocks/smtp-server/kind.ts'
import { componentHostDoubles } from '../../support/component-host-double.ts'

const letter = { from: 'a@corp.example', to: 'b@corp.example', subject: 'x', text: 'y' }

// The library takes all listeners off a socket that is upgraded, those of its owner among them.
test('stops, also after STARTTLS, with a client still connected', async () => {
  await using doubles = await componentHostDoubles()
  const server = await doubles.start('mail', smtpServer)
  const app = doubles.host('app1').host
  await app.clients.mail.send({ host: 'mail.corp.example', port: 25, secure: 'required-starttls' }, letter)
  const idle = app.connect({ host: 'mail.corp.example', port: 25 })
  const text = new Promise<string>((resolve) => {
    let received = ''
    idle.on('data', (chunk) => {
      received += String(chunk)
      if (received.includes('220')) void server[Symbol.asyncDispose]()
    })
    idle.once('close', () => resolve(received))
  })
  expect(await text).toContain('421 mail.corp.example Service closing')
  await server[Symbol.asyncDispose]()
})

test('leaves nothing behind when it starts and stops again and again', async () => {
  const busy = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
  const once = async () => {
    await using doubles = await componentHostDoubles()
    await using server = await doubles.start('mail', smtpServer)
    await doubles.host('app1').host.clients.mail.send({ host: 'mail.corp.example', port: 25, secure: 'none' }, letter)
    expect(await server.call('clear')).toEqual({ cleared: 1 })
  }
  await once()
  const before = busy()
  for (let count = 0; count < 5; count += 1) await once()
  await expect.poll(busy).toBeLessThanOrEqual(before)
})
