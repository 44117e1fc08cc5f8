import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { openPki } from '../../../harness/pki/index.ts'
import { distributionPointsOf, readRevocationList } from '../../../harness/pki/read-revocation.ts'
import { has, run } from '../../support/programs.ts'
import { loopbackNames, startTestLandscape, type TestLandscape } from './test-landscape.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const WEEK_MS = 7 * DAY_MS

/** `openssl verify -crl_check_all` of a certificate, with the CRLs as they are now. */
async function verifyAgainstCrls(lab: TestLandscape, cert: string) {
  const crl = await lab.pki.crl()
  const pemOfCrl = async (name: string, der: Buffer) => {
    const file = await lab.file(`${name}.crl`, der)
    const converted = `${file}.pem`
    expect(await run('openssl', ['crl', '-inform', 'der', '-in', file, '-out', converted])).toMatchObject({
      exitCode: 0,
    })
    return readFile(converted, 'utf8')
  }
  const crls = `${await pemOfCrl('root', crl.root)}${await pemOfCrl('intermediate', crl.intermediate)}`
  const files = {
    root: await lab.file('root.pem', await lab.pki.root()),
    intermediate: await lab.file('intermediate.pem', await lab.pki.intermediate()),
    crls: await lab.file('crls.pem', crls),
    cert: await lab.file('cert.pem', cert),
  }
  const chain = ['-CAfile', files.root, '-untrusted', files.intermediate, '-CRLfile', files.crls]
  return run('openssl', ['verify', '-x509_strict', '-crl_check_all', ...chain, files.cert])
}

describe.skipIf(!has('openssl'))('CRLs, as openssl reads them (needs openssl)', () => {
  test('a leaf is good until it is revoked; others stay good', async () => {
    await using lab = await startTestLandscape()
    const leaf = await lab.pki.issue({ ...loopbackNames, now: new Date() })
    const other = await lab.pki.issue({ ...loopbackNames, now: new Date() })
    expect(await verifyAgainstCrls(lab, leaf.cert)).toMatchObject({ exitCode: 0 })
    await lab.pki.revoke(leaf.cert)
    await lab.pki.revoke(leaf.cert)
    const revoked = await verifyAgainstCrls(lab, leaf.cert)
    expect(revoked.exitCode).toBe(2)
    expect(revoked.output).toContain('error 23 at 0 depth lookup: certificate revoked')
    expect(await verifyAgainstCrls(lab, other.cert)).toMatchObject({ exitCode: 0 })
  })

  test('a revoked intermediate takes its leaves with it', async () => {
    await using lab = await startTestLandscape()
    const leaf = await lab.pki.issue({ ...loopbackNames, now: new Date() })
    await lab.pki.revoke(await lab.pki.intermediate())
    const { output } = await verifyAgainstCrls(lab, leaf.cert)
    expect(output).toContain('error 23 at 1 depth lookup: certificate revoked')
  })

  test('CRL numbers grow, past one byte too', async () => {
    await using lab = await startTestLandscape()
    let last = await lab.pki.crl()
    for (let week = 1; week < 130; week += 1) last = await lab.pki.crl(new Date(Date.now() + week * WEEK_MS))
    const file = await lab.file('last.crl', last.root)
    const { output } = await run('openssl', [
      'crl',
      '-inform',
      'der',
      '-in',
      file,
      '-noout',
      '-crlnumber',
      '-verify',
      '-CAfile',
      await lab.file('root.pem', await lab.pki.root()),
    ])
    expect(output).toMatch(/crlNumber=(0x)?82/)
    expect(output).toContain('verify OK')
  })

  test('distribution points stand in certificates when CRLs are served, and only then', async () => {
    await using lab = await startTestLandscape()
    const crlUrls = { root: 'http://pki.corp.example/root.crl', intermediate: 'http://pki.corp.example/issuing.crl' }
    await using pki = openPki({ organisation: 'Corp', now: () => new Date(), keys: lab.keys, crlUrls })
    const textOf = async (pem: string) =>
      (await run('openssl', ['x509', '-in', await lab.file('one.pem', pem), '-noout', '-text'])).output
    expect(await textOf((await pki.issue({ ...loopbackNames, now: new Date() })).cert)).toContain(crlUrls.intermediate)
    expect(await textOf(await pki.intermediate())).toContain(crlUrls.root)
    expect(await textOf((await lab.pki.issue({ ...loopbackNames, now: new Date() })).cert)).not.toContain('CRL')
  })
})

test('a certificate of somebody else cannot be revoked', async () => {
  await using lab = await startTestLandscape()
  const foreign = await lab.pki.issue({ ...loopbackNames, defect: 'untrusted-root', now: new Date() })
  await expect(lab.pki.revoke(foreign.cert)).rejects.toThrow(HarnessError)
  await lab.pki.root()
  await expect(lab.pki.revoke(foreign.cert)).rejects.toThrow(
    'cannot revoke O=Not Corp, CN=localhost: Corp did not issue it',
  )
})

test('a list is signed once while it is true, anew when something was revoked, and on its last day', async () => {
  await using lab = await startTestLandscape()
  const now = new Date()
  const first = await lab.pki.crl(now)
  expect(await lab.pki.crl(new Date(now.getTime() + 5 * DAY_MS))).toBe(first)
  const leaf = await lab.pki.issue({ ...loopbackNames, now })
  await lab.pki.revoke(leaf.cert)
  const second = await lab.pki.crl(now)
  expect(second.number).toBe(first.number + 1)
  const lastDay = new Date(second.nextUpdate.getTime() - DAY_MS)
  expect(await lab.pki.crl(new Date(lastDay.getTime() - 1))).toBe(second)
  const third = await lab.pki.crl(lastDay)
  expect(third.number).toBe(second.number + 1)
  expect(third.nextUpdate.getTime()).toBe(lastDay.getTime() + WEEK_MS)
})

test('a list is read as it came; what is no list says why', async () => {
  await using lab = await startTestLandscape(() => new Date(), { root: 'http://pki/r', intermediate: 'http://pki/i' })
  const { cert } = await lab.pki.issue({ ...loopbackNames, now: new Date() })
  expect(await distributionPointsOf(cert)).toEqual(['http://pki/i'])
  expect(await distributionPointsOf(await lab.pki.root())).toEqual([])
  const { intermediate } = await lab.pki.crl()
  expect(await readRevocationList(intermediate)).toMatchObject({ pem: expect.stringContaining('BEGIN X509 CRL') })
  for (const body of ['', '<!doctype html><title>Sign in</title>', intermediate.subarray(0, 100)]) {
    expect(await readRevocationList(Buffer.from(body))).toMatchObject({ reason: expect.any(String) })
  }
})

test('a leaf that is to be revoked is refused where nobody would hear of it', async () => {
  await using lab = await startTestLandscape()
  const revoked = { ...loopbackNames, defect: 'revoked', now: new Date() } as const
  await expect(lab.pki.issue(revoked)).rejects.toThrow('add a host that runs a crl-distribution-point')
  await using served = await startTestLandscape(() => new Date(), {
    root: 'http://pki/r',
    intermediate: 'http://pki/i',
  })
  await expect(served.pki.issue({ ...revoked, authority: 'public' })).rejects.toThrow('take authority: landscape')
})
