import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { acceptOptionsOf } from '../../../harness/network/accept-options.ts'

test.each([
  ['TCP', createServer()],
  ['TLS', createTlsServer()],
])('what a %s server answers is sent at once, unless it is asked to wait', (_, server) => {
  expect(acceptOptionsOf(server).noDelay).toBe(true)
  expect(acceptOptionsOf(server, { noDelay: false }).noDelay).toBe(false)
})

test('what else a server was made with is kept', () => {
  const server = createServer({
    allowHalfOpen: true,
    keepAlive: true,
    keepAliveInitialDelay: 2_000,
    highWaterMark: 1_024,
  })
  expect(acceptOptionsOf(server)).toMatchObject({
    allowHalfOpen: true,
    keepAlive: true,
    keepAliveInitialDelay: 2_000,
    highWaterMark: 1_024,
  })
})
