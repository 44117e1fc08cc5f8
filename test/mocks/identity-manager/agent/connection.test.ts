import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHandles } from '../../../support/lab-of.ts'
import { type AgentLab, agentLab, SERVER } from './agent-lab.ts'

describe('an agent and its server', () => {
  let site: AgentLab
  beforeAll(async () => {
    site = await agentLab()
  })
  afterAll(() => site[Symbol.asyncDispose]())

  test('the name is resolved, TLS trusted, the token verified with the key that was carried over', async () => {
    expect(await site.call('connect')).toMatchObject({
      ok: true,
      applicationUri: 'https://identity.corp.example',
      tls: { authorized: true, protocol: 'TLSv1.3' },
      token: { clientId: 'Job@identity.corp.example', verifiedWith: expect.stringMatching(/^[0-9A-F]{40}$/) },
      agentIdentifier: 'Agent1',
    })
    expect(await site.call('status')).toMatchObject({ state: 'running', hasToken: true, scheduler: 'running' })
    const journal = JSON.stringify(await site.lab.host('agent1').journal())
    expect(journal).not.toMatch(/eyJ|Agent-4-Every1|BEGIN/)
  })

  test('a token is kept, and got anew when it was dropped', async () => {
    await site.call('connect')
    const before = (await site.journal('authenticated')).length
    await site.call('export', { connector: 'HR' })
    await site.call('synchronise')
    expect((await site.journal('authenticated')).length).toBe(before)
    expect(await site.call('forget-token')).toEqual({ dropped: true })
    expect(await site.call('fetch-orders')).toEqual({ ok: true, orders: [] })
    expect((await site.journal('authenticated')).length).toBe(before + 1)
  })

  test('a wrong secret is invalid_client', async () => {
    await site.restart({ OpenIdClients: { Job: 'another' } })
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'token', code: 'invalid_client' })
    await site.restart({ OpenIdClients: { Job: 'Agent-4-Every1!' } })
    expect(await site.call('connect')).toMatchObject({ ok: true })
  })

  test('an identifier that the server does not know, or another agent’s, is refused', async () => {
    await site.restart({ AgentIdentifier: 'Agent9' })
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'session', code: 'unknown-agent' })
    await site.server('register-agent', { identifier: 'Agent9', clients: [] })
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'session', code: 'other-agents-client' })
    await site.restart({ AgentIdentifier: 'Agent1' })
    expect(await site.call('connect')).toMatchObject({ ok: true })
  })

  test('another ApplicationUri than the server’s is refused, though it leads to the server', async () => {
    await site.restart({ ApplicationUri: 'https://im1.corp.example' })
    // The token endpoint knows the client by the server's own domain.
    expect(await site.call('connect')).toMatchObject({
      ok: false,
      code: expect.stringMatching(/invalid_client|mismatch/),
    })
    await site.restart({ ApplicationUri: 'https://identity.corp.example/' })
    expect(await site.call('connect')).toMatchObject({ ok: true })
    await site.restart({
      ApplicationUri: 'https://identity.corp.example/usercube',
    })
    expect(await site.call('connect')).toMatchObject({ ok: false })
    await site.restart({ ApplicationUri: 'https://identity.corp.example' })
  })

  test('a token that another key signed is not taken, until the new key was carried over', async () => {
    await site.server('rotate-key-pair', { which: 'identity-server' })
    expect(await site.call('connect')).toMatchObject({
      ok: false,
      step: 'verify-token',
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
    expect(await site.call('import-server-key')).toEqual({ imported: true })
    expect(await site.call('connect')).toMatchObject({ ok: true })
  })

  test('without a carried key the published ones are taken; another one by mistake is not the server’s', async () => {
    await site.restart({ serverKey: 'discovered' })
    expect(await site.call('connect')).toMatchObject({ ok: true, token: { verifiedWith: 'published keys' } })
    await site.restart({ serverKey: 'another' })
    expect(await site.call('connect')).toMatchObject({ ok: false, code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    await site.restart({ serverKey: 'carried' })
  })
})

describe('what stands in the way', () => {
  test('a name that nobody knows is ENOTFOUND', async () => {
    await using site = await agentLab({ ApplicationUri: 'https://usercube.corp.example' })
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'resolve', code: 'ENOTFOUND' })
    expect(await site.journal('failed')).toMatchObject([{ what: 'connect', step: 'resolve', code: 'ENOTFOUND' }])
  })

  test('a server that does not run is ECONNREFUSED; a dropped packet is the client’s own time-out', async () => {
    await using site = await agentLab()
    await site.lab.host('im1').stop(SERVER)
    expect(await site.call('connect')).toMatchObject({ ok: false, step: 'connect', code: 'ECONNREFUSED' })
  })

  test('a certificate that the agent’s host does not trust, or of another name, is refused by the client', async () => {
    await using site = await agentLab()
    for (const [defect, code] of [
      ['untrusted-root', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
      ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['expired', 'CERT_HAS_EXPIRED'],
    ] as const) {
      await site.restartServer({ certificate: { defect } })
      expect(await site.call('connect')).toMatchObject({ ok: false, step: 'connect', code })
    }
  })

  test('nothing is left when it stops', async () => {
    const before = await openHandles()
    {
      await using site = await agentLab()
      expect(await site.call('connect')).toMatchObject({ ok: true })
    }
    expect(await openHandles()).toEqual(before)
  })
})
