import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SmallLandscape, smallLandscape } from '../small-landscape.ts'

let landscape: SmallLandscape

beforeEach(async () => {
  landscape = await smallLandscape()
})
afterEach(() => landscape[Symbol.asyncDispose]())

const alice = { user: 'alice', password: 'Alice-2026!' }

describe('the Windows client', () => {
  it('does not trust a server whose certificate nobody imported', async () => {
    await landscape.app('app1')
    const client = await landscape.client('pc1', 'app1', { trustServer: false })
    expect(await client.call('login', alice)).toMatchObject({
      ok: false,
      reason: 'not-trusted',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      text: expect.stringContaining('This connection is not trusted!'),
    })
    expect(await client.call('trust-server')).toEqual({ imported: true })
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
  })

  it('trusts a certificate of the customer’s own CA without importing, and refuses it under another name', async () => {
    await landscape.app('app1', { certificate: 'landscape-ca' })
    const client = await landscape.client('pc1', 'app1', { trustServer: false })
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
    await landscape.app('app2', { certificate: 'landscape-ca', certificateDefect: 'wrong-name' })
    const other = await landscape.client('pc2', 'app2', { trustServer: false })
    expect(await other.call('login', alice)).toMatchObject({
      reason: 'not-trusted',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('tells what it lost, and comes back when told to', async () => {
    const app = await landscape.app('app1')
    const client = await landscape.client('pc1', 'app1')
    await client.call('login', alice)
    await client.call('connect-real-time')
    expect(await client.call('connection')).toMatchObject({
      connected: true,
      user: 'alice',
      realTime: true,
      tls: { protocol: 'TLSv1.3', subject: 'CN=PSR8Server' },
    })
    await app.call('disconnect-clients')
    expect(await client.call('list-secrets')).toMatchObject({ ok: false })
    expect(await client.call('connection')).toMatchObject({ connected: false, realTime: false })
    expect(await client.call('login', alice)).toMatchObject({ ok: true })
  })

  it('reports a server that is gone with the code of the network', async () => {
    const app = await landscape.app('app1')
    const client = await landscape.client('pc1', 'app1')
    await app.started[Symbol.asyncDispose]()
    expect(await client.call('login', alice)).toMatchObject({ ok: false, reason: 'unreachable', code: 'ECONNREFUSED' })
    const lost = await landscape.client('pc2', 'app1', { serverName: 'gone.corp.example' })
    expect(await lost.call('login', alice)).toMatchObject({ reason: 'name-not-resolved', code: 'ENOTFOUND' })
  })

  it('passes its login on to the add-on beside it, which fills what this user may use', async () => {
    await landscape.app('app1')
    const addOn = await landscape.addOn('pc1')
    const client = await landscape.client('pc1', 'app1')
    expect(await addOn.call('fill', { url: 'https://intranet.corp.example/x' })).toMatchObject({
      ok: false,
      reason: 'not-logged-in',
    })
    await client.call('login', { user: 'bob', password: 'Bob-2026!' })
    expect(await addOn.call('status')).toEqual({ connected: true, user: 'bob' })
    expect(await addOn.call('fill', { url: 'https://intranet.corp.example/x' })).toEqual({
      ok: true,
      secret: 'Intranet',
      username: 'it-team',
      password: 'Intra-Net-77',
    })
    expect(await addOn.call('fill', { url: 'https://bank.example/' })).toMatchObject({ ok: false, reason: 'no-secret' })
    await client.call('logout')
    expect(await addOn.call('fill', { url: 'https://intranet.corp.example/x' })).toMatchObject({
      reason: 'not-logged-in',
    })
  })

  it('works as a browser through a web server’s /api', async () => {
    await landscape.app('app1')
    const client = await landscape.client('pc1', 'app1')
    expect(await client.call('web-login', { url: 'https://web1.corp.example', ...alice })).toMatchObject({ ok: false })
  })
})
