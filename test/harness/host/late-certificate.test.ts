import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { lateCertificate } from '../../../harness/host/late-certificate.ts'
import type { Issued } from '../../../harness/pki/index.ts'
import { loopbackNames, startTestLandscape } from '../pki/test-landscape.ts'

async function listening(front: Server): Promise<number> {
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  onTestFinished(() => void front.close())
  const address = front.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The name in the certificate that a TLS client is shown. */
async function shown(port: number): Promise<string | undefined> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect')
    return String(socket.getPeerCertificate().subject.CN)
  } finally {
    socket.destroy()
  }
}

test('a client that resets while the certificate is made concerns nobody else', async () => {
  await using landscape = await startTestLandscape()
  const made = Promise.withResolvers<Issued>()
  const server = createTlsServer()
  const { front } = lateCertificate(
    server,
    () => made.promise,
    () => undefined,
  )
  const port = await listening(front)
  const accepted = new Promise<Socket>((resolve) => front.once('connection', resolve))
  const client = connect(port, '127.0.0.1')
  await once(client, 'connect')
  const socket = await accepted
  // `once` of node:events would take the error that is looked for.
  const gone = new Promise<boolean>((resolve) => socket.once('close', resolve))
  client.resetAndDestroy()
  await gone
  made.resolve(await landscape.pki.issue({ ...loopbackNames, commonName: 'late', now: new Date() }))
  expect(await shown(port)).toBe('late')
})

test('a certificate that is late does not replace the one that was asked for after it', async () => {
  await using landscape = await startTestLandscape()
  const issue = (commonName: string) => landscape.pki.issue({ ...loopbackNames, commonName, now: new Date() })
  const [older, newer] = [Promise.withResolvers<Issued>(), Promise.withResolvers<Issued>()]
  const waiting = [older.promise, newer.promise]
  const asked: unknown[] = []
  const late = lateCertificate(
    createTlsServer(),
    () => {
      asked.push('asked')
      return waiting.shift() ?? Promise.reject(new Error('asked too often'))
    },
    () => undefined,
  )
  const port = await listening(late.front)
  const accepted = once(late.front, 'connection')
  const first = shown(port)
  await accepted
  late.renew()
  const acceptedAgain = once(late.front, 'connection')
  const second = shown(port)
  await acceptedAgain
  newer.resolve(await issue('newer'))
  expect(await second).toBe('newer')
  older.resolve(await issue('older'))
  expect(await first).toBe('newer')
  expect(await shown(port)).toBe('newer')
  expect(asked).toHaveLength(2)
})
