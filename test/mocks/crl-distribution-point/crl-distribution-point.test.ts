import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../harness/context/json.ts'
import { type LandscapeSpec, resolveLandscape } from '../../../harness/landscape/index.ts'
import { kindDescriptions } from '../../../harness/standard.ts'
import { missing } from '../../support/programs.ts'
import { ISSUING_LIST, revokedLab } from './revoked.ts'
import { oneInUseIsRevoked, probeTellsWhy, whoChecksRefusesIt } from './story.ts'

const programs = missing('openssl', 'curl') ?? ''

describe.skipIf(programs !== '')(`revocation lists, as openssl and curl use them${programs}`, () => {
  test('who checks revocation refuses a revoked certificate, everybody else goes on', async () => {
    await using here = await revokedLab('embedded')
    await whoChecksRefusesIt(here)
  })

  test('a certificate in use is revoked', async () => {
    await using here = await revokedLab('embedded')
    await oneInUseIsRevoked(here)
  })

  test('lists come as RFC 2585 says, and may be kept until the next is due', async () => {
    await using here = await revokedLab('embedded')
    const { headers } = await here.fetched(ISSUING_LIST)
    expect(headers).toContain('http/1.1 200 ok')
    expect(headers).toContain('content-type: application/pkix-crl\n')
    const [, kept] = /cache-control: max-age=(\d+),/.exec(headers) ?? []
    expect(Number(kept)).toBeGreaterThan(6 * 86_400)
    const [, etag = ''] = /etag: (.*)\n/.exec(headers) ?? []
    expect((await here.fetched(ISSUING_LIST, '-H', `If-None-Match: ${etag}`)).headers).toContain('304 not modified')
    expect((await here.fetched(ISSUING_LIST, '-I')).headers).toMatch(/content-length: [1-9]/)
    expect((await here.fetched(ISSUING_LIST, '-d', 'x')).headers).toContain('405 method not allowed')
    expect((await here.fetched(`${ISSUING_LIST}l`)).headers).toContain('404 not found')
  })

  test('a distribution point whose clock is two weeks slow serves lists that have ended', async () => {
    await using here = await revokedLab('embedded', { clockSkewMs: -14 * 86_400_000 })
    const { file } = await here.fetched(ISSUING_LIST)
    expect(await here.shake('good1', '-crl_check', '-CRL', file)).toBe('Verify return code: 12 (CRL has expired)')
  })
})

test('the probe that checks revocation tells a revoked certificate from one whose list cannot be had', async () => {
  await using here = await revokedLab('embedded')
  await probeTellsWhy(here)
})

describe('a landscape', () => {
  const withMail = (certificate: JsonObject, more: LandscapeSpec['hosts'] = {}) =>
    resolveLandscape(
      {
        landscape: 'small',
        sites: { office: {} },
        hosts: { mail1: { site: 'office', runs: { 'smtp-server': { certificate } } }, ...more },
      },
      kindDescriptions(),
    )
  const lists = { pki1: { site: 'office', runs: { 'crl-distribution-point': { port: 8080 } } } }

  test('with a distribution point has its URLs, one without has none', () => {
    expect(withMail({}).crlUrls).toBeUndefined()
    expect(withMail({ defect: 'revoked' }, lists).crlUrls).toEqual({
      root: 'http://pki1.corp.example:8080/CertEnroll/root-ca.crl',
      intermediate: 'http://pki1.corp.example:8080/CertEnroll/issuing-ca.crl',
    })
  })

  test('without one has no revoked certificates, and the public authority never', () => {
    const place = 'hosts.mail1.runs.smtp-server.certificate.defect: a revoked certificate'
    expect(() => withMail({ defect: 'revoked' })).toThrow(
      `${place} needs a host that serves the revocation lists: add one with runs: { crl-distribution-point: {} }`,
    )
    expect(() => withMail({ defect: 'revoked', authority: 'public' }, lists)).toThrow('take authority: landscape')
  })
})
