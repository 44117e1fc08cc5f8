import { once } from 'node:events'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TlsFacts } from '../../../harness/clients/tls-facts.ts'
import { type Lab, openLab } from './lab.ts'
import { nothingLeft } from './nothing-left.ts'

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

test('a TCP connection comes from the address of the host', async () => {
  const port = await lab.http((_request, response) => void response.end())
  const socket = await lab.clients.tls.tcp({ host: 'app1', port })
  expect([socket.localAddress, socket.remoteAddress, socket.remotePort]).toEqual(['127.0.9.9', '127.0.0.1', port])
  socket.destroy()
})

test('a session is told twice: with its keys, and with the verdict', async () => {
  const { key, chain } = await lab.certificate()
  const names: unknown[] = []
  const server = createTlsServer({ key, cert: chain }, (socket: TLSSocket) => {
    names.push(socket.servername)
    socket.end()
  })
  const port = await lab.serve(server)
  const told: TlsFacts[] = []
  const socket = await lab.clients.tls.connect({ host: 'app1', port, onSession: (facts) => told.push(facts) })
  expect(told.map(({ authorized }) => authorized)).toEqual([undefined, true])
  expect(told[0]?.chain).toHaveLength(2)
  socket.resume()
  await once(socket, 'close')
  expect(names).toEqual(['app1'])
})

test('a client certificate is shown', async () => {
  const { key, chain } = await lab.certificate()
  const seen: unknown[] = []
  const options = { key, cert: chain, ca: lab.root, requestCert: true, rejectUnauthorized: false }
  const port = await lab.serve(
    createTlsServer(options, (socket) => {
      seen.push(socket.getPeerX509Certificate()?.subject.split('\n').at(-1))
      socket.end()
    }),
  )
  const socket = await lab.clients.tls.connect({ host: 'app1', port, identity: { key, cert: chain } })
  socket.resume()
  await once(socket, 'close')
  expect(seen).toEqual(['CN=app1'])
})
