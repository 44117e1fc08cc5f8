import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { type ServerSite, serverSite } from './server-site.ts'

const noCurl = missing('curl')

let site: ServerSite
beforeAll(async () => {
  site = await serverSite()
})
afterAll(() => site?.[Symbol.asyncDispose]())

describe.skipIf(noCurl)(`The server, hosted${noCurl ?? ''}`, () => {
  test.each([
    ['iis', /^server: Microsoft-IIS\/10\.0\r$/im, /^x-powered-by: ASP\.NET\r$/im],
    ['windows-service', /^server: Kestrel\r$/im, /^HTTP\/1\.1 200/],
    ['stand-alone', /^server: Kestrel\r$/im, /^HTTP\/1\.1 200/],
  ] as const)('as %s shows it in its headers', async (hosting, server, other) => {
    await site.restart({ hosting })
    const { stdout } = await site.curl('/hc', '-i')
    expect(stdout).toMatch(server)
    expect(stdout).toMatch(other)
    expect(stdout.endsWith('\r\n\r\nHealthy')).toBe(true)
    expect(stdout.includes('X-Powered-By') || stdout.includes('x-powered-by')).toBe(hosting === 'iis')
  })

  test('tells browsers to come by HTTPS only, with preload where the settings say so', async () => {
    await site.restart()
    expect((await site.curl('/hc', '-i')).stdout).toMatch(/^strict-transport-security: max-age=2592000\r$/im)
    await site.restart({ appsettings: { HstsPreload: true } })
    expect((await site.curl('/hc', '-i')).stdout).toMatch(/^strict-transport-security: max-age=2592000; preload\r$/im)
  })

  test('under the built-in identity is refused by a distant SQL Server as its computer account', async () => {
    const builtIn = { iis: { applicationPool: { identityType: 'ApplicationPoolIdentity' } } } as const
    await site.restart({ ...builtIn, sqlAuthentication: 'windows' })
    expect(await site.call('status')).toMatchObject({
      state: 'running',
      account: 'IIS APPPOOL\\Usercube',
      database: { connected: false, code: '18456', text: "Login failed for user 'CORP\\IM1$'." },
    })
    expect((await site.curl('/hc', '-w', ' %{http_code}')).stdout).toBe('Unhealthy 503')
    // A SQL login does not ask who the process runs as.
    await site.restart({ ...builtIn, sqlAuthentication: 'sql' })
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
  })

  test('has neither anonymous nor Windows authentication: nobody is let in', async () => {
    await site.restart({ iis: { anonymousAuthentication: false, windowsAuthentication: false } })
    const { stdout } = await site.curl('/hc', '-i')
    expect(stdout).toMatch(/^HTTP\/1\.1 401 /)
    expect(stdout).not.toMatch(/^www-authenticate/im)
  })

  test('without anonymous authentication lets Windows accounts in, and them only', async () => {
    await site.lab.host('dc1').call('directory', 'set-account', { name: 'alice', password: 'Alice-2026!' })
    await site.restart({ iis: { anonymousAuthentication: false } })
    expect((await site.curl('/hc', '-o', '/dev/null', '-w', '%{http_code}')).stdout).toBe('401')
    expect((await site.curl('/hc', '--ntlm', '-u', 'CORP\\alice:Alice-2026!')).stdout).toBe('Healthy')
    const wrong = await site.curl('/hc', '--ntlm', '-u', 'CORP\\alice:wrong', '-o', '/dev/null', '-w', '%{http_code}')
    expect(wrong.stdout).toBe('401')
  })

  test('starts its jobs without a request only when it is preloaded', async () => {
    await site.restart()
    expect(await site.call('run-job', { job: 'Complete' })).toEqual({ started: true })
    await site.restart({ iis: { preloadEnabled: false } })
    expect(await site.call('status')).toMatchObject({ state: 'stopped', starts: 0 })
    expect(await site.call('run-job', { job: 'Complete' })).toMatchObject({ started: false })
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
    expect(await site.call('run-job', { job: 'Complete' })).toEqual({ started: true })
  })

  test('ends after its idle time-out, and starts with the next request', async () => {
    await site.restart({ iis: { applicationPool: { idleTimeoutMinutes: 20 } } })
    expect(await site.call('elapse', { minutes: 19 })).toMatchObject({ state: 'running', idleTimeout: false })
    expect(await site.call('elapse', { minutes: 20 })).toMatchObject({ state: 'stopped', idleTimeout: true })
    expect(await site.call('health')).toMatchObject({ ok: false, code: 'not-running' })
    expect((await site.curl('/hc')).stdout).toBe('Healthy')
    expect(await site.call('status')).toMatchObject({ state: 'running', starts: 2 })
  })

  test('is recycled after its regular time interval; never, with both set to 0 as recommended', async () => {
    await site.restart({ iis: { applicationPool: { recyclingMinutes: 1_740 } } })
    expect(await site.call('elapse', { minutes: 3_480 })).toMatchObject({ recycled: 2, starts: 2, state: 'running' })
    await site.restart()
    expect(await site.call('elapse', { minutes: 100_000 })).toMatchObject({
      recycled: 0,
      idleTimeout: false,
      starts: 1,
    })
  })
})
