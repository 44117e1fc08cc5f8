import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { openPki } from '../../../harness/pki/index.ts'
import { has, run } from '../../support/programs.ts'
import { loopbackNames, startTestLandscape, type TestLandscape } from './test-landscape.ts'

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
    lab.pki.revoke(leaf.cert)
    lab.pki.revoke(leaf.cert)
    const revoked = await verifyAgainstCrls(lab, leaf.cert)
    expect(revoked.exitCode).toBe(2)
    expect(revoked.output).toContain('error 23 at 0 depth lookup: certificate revoked')
    expect(await verifyAgainstCrls(lab, other.cert)).toMatchObject({ exitCode: 0 })
  })

  test('a revoked intermediate takes its leaves with it', async () => {
    await using lab = await startTestLandscape()
    const leaf = await lab.pki.issue({ ...loopbackNames, now: new Date() })
    lab.pki.revoke(await lab.pki.intermediate())
    const { output } = await verifyAgainstCrls(lab, leaf.cert)
    expect(output).toContain('error 23 at 1 depth lookup: certificate revoked')
  })

  test('CRL numbers grow, past one byte too', async () => {
    await using lab = await startTestLandscape()
    let last = await lab.pki.crl()
    for (let count = 1; count < 130; count += 1) last = await lab.pki.crl()
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
  expect(() => lab.pki.revoke(foreign.cert)).toThrow(HarnessError)
  await lab.pki.root()
  expect(() => lab.pki.revoke(foreign.cert)).toThrow('cannot revoke O=Not Corp, CN=localhost: Corp did not issue it')
})
