/** What is told of revocation by programs that know nothing of us; the same on every engine. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { ISSUING_LIST, type RevokedLab, ROOT_LIST } from './revoked.ts'

const GOOD = 'Verify return code: 0 (ok)'
const REVOKED = 'Verify return code: 23 (certificate revoked)'

/** Root and both lists as PEM in one file: what `-CAfile` takes of a client that checks every certificate of a chain. */
async function trustWithLists({ at, fetched, file, rootFile }: RevokedLab): Promise<string> {
  const pems = [readFileSync(rootFile, 'utf8')]
  for (const url of [ISSUING_LIST, ROOT_LIST]) {
    const list = await fetched(url)
    pems.push((await at('openssl', 'crl', '-inform', 'der', '-in', list.file)).stdout)
  }
  writeFileSync(file('trusted.pem'), pems.join(''))
  return file('trusted.pem')
}

export async function whoChecksRefusesIt(here: RevokedLab): Promise<void> {
  const { shake, curl, lab } = here
  // The leaf is issued when somebody first comes. Who does not ask for lists goes on.
  expect([await shake('good1'), await shake('bad1')]).toEqual([GOOD, GOOD])
  for (const host of ['good1', 'bad1']) {
    const seen = await lab.host('client1').probe('tls', { host: `${host}.corp.example`, port: 443 })
    expect([host, seen.ok]).toEqual([host, true])
  }
  expect(await shake('bad1', '-crl_check')).toContain('(unable to get certificate CRL)')

  const trusted = await trustWithLists(here)
  const everywhere = ['-crl_check_all', '-CAfile', trusted]
  expect([await shake('good1', ...everywhere), await shake('bad1', ...everywhere)]).toEqual([GOOD, REVOKED])
  expect(await curl('good1', '--crlfile', trusted)).toEqual({ exitCode: 0, stderr: '' })
  expect(await curl('bad1', '--crlfile', trusted)).toEqual({
    exitCode: 60,
    stderr: expect.stringContaining('certificate revoked'),
  })
}

export async function oneInUseIsRevoked(here: RevokedLab): Promise<void> {
  const { shake, at, address, lab } = here
  const { stdout } = await at('openssl', 's_client', '-connect', `${await address('good1')}:443`)
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/.exec(stdout)?.[0] ?? ''
  expect(await shake('good1', '-crl_check_all', '-CAfile', await trustWithLists(here))).toBe(GOOD)
  await lab.host('pki1').call('crl-distribution-point', 'revoke', { certificate })
  expect(await shake('good1', '-crl_check_all', '-CAfile', await trustWithLists(here))).toBe(REVOKED)
}

/** The probe that checks revocation tells a revoked certificate from one whose list cannot be had. */
export async function probeTellsWhy({ lab }: Pick<RevokedLab, 'lab'>): Promise<void> {
  const asked = async (host: string) => {
    const input = { host: `${host}.corp.example`, port: 443, checkRevocation: true }
    const { error, facts } = await lab.host('client1').probe('tls', input)
    return { code: error?.code, text: error?.text, ours: error?.ours, revocation: facts.revocation }
  }
  const read = { result: 'read' }
  expect(await asked('good1')).toMatchObject({ code: undefined, revocation: [{ url: ISSUING_LIST, ...read }, read] })
  expect(await asked('bad1')).toMatchObject({
    ...{ code: 'CERT_REVOKED', text: 'certificate revoked' },
    revocation: [
      { depth: 0, url: ISSUING_LIST, ...read },
      { depth: 1, url: ROOT_LIST, ...read },
    ],
  })
  const cut = await lab.inject('reject:from=client1,to=pki1,port=80')
  const refused = { result: 'unreachable', code: 'ECONNREFUSED' }
  expect(await asked('bad1')).toMatchObject({
    ...{ code: 'UNABLE_TO_GET_CRL', text: 'unable to get certificate CRL', ours: true },
    revocation: [
      { url: ISSUING_LIST, ...refused },
      { url: ROOT_LIST, ...refused },
    ],
  })
  await lab.clear(cut.id)
  await lab.host('good1').stop('password-secure/license-server')
  await lab.host('good1').start('password-secure/license-server', { certificate: { defect: 'crl-unreachable' } })
  expect(await asked('good1')).toMatchObject({
    ...{ code: 'UNABLE_TO_GET_CRL', text: 'unable to get certificate CRL', ours: undefined },
    revocation: [{ url: 'http://crl.invalid/issuing-ca.crl', result: 'unreachable' }, read],
  })
}
