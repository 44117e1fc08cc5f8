import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { serverSite } from './server-site.ts'

test('a server that is started again shows the certificate that it had; with another wish another one', async () => {
  await using site = await serverSite()
  const endpoint = site.lab.endpoints().find(({ kind }) => kind === 'identity-manager/server')
  if (!endpoint) throw new Error('im1 has no HTTPS site')
  const shown = async () => {
    const socket = connect({ host: endpoint.address, port: endpoint.seenPort, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256
    socket.destroy()
    return fingerprint
  }
  const first = await shown()
  await site.restart()
  expect(await shown()).toBe(first)
  await site.restart({ certificate: { defect: 'expired' } })
  expect(await shown()).not.toBe(first)
  await site.restart()
  expect(await shown()).toBe(first)
})
