import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { openWrittenPki, type WrittenAuthorities, writeAuthorities } from '../../../harness/pki/index.ts'
import { missing, run } from '../../support/programs.ts'
import { startTestLandscape, type TestLandscape } from './test-landscape.ts'

const now = () => new Date()
const names = { commonName: 'sql1.corp.example', dnsNames: ['sql1.corp.example'], ipAddresses: ['127.0.0.1'] }

async function hostsOf(lab: TestLandscape) {
  const written = await writeAuthorities({ organisation: 'Corp', now: now(), hosts: ['sql1', 'app1'] })
  // As a file keeps it.
  const read = JSON.parse(JSON.stringify([...written.values()])) as readonly WrittenAuthorities[]
  return read.map((authorities) => openWrittenPki({ organisation: 'Corp', authorities, now, keys: lab.keys }))
}

const noOpenssl = missing('openssl')

test.skipIf(noOpenssl)(`openssl takes what each host issues, under the one root${noOpenssl ?? ''}`, async () => {
  await using lab = await startTestLandscape()
  const [first, second] = await hostsOf(lab)
  const root = await lab.file('root.pem', (await first?.root()) ?? '')
  for (const [index, pki] of [first, second].entries()) {
    for (const key of ['ec', 'rsa'] as const) {
      const issued = await pki?.issue({ ...names, key, now: now() })
      const leaf = await lab.file(`leaf-${index}-${key}.pem`, issued?.cert ?? '')
      const chain = await lab.file(`chain-${index}-${key}.pem`, issued?.chain ?? '')
      const verify = (...others: readonly string[]) =>
        run('openssl', ['verify', '-x509_strict', '-CAfile', root, ...others, leaf])
      expect((await verify('-untrusted', chain)).output).toContain(': OK')
      // The issuer is needed, and another host's is not it.
      expect((await verify()).exitCode).not.toBe(0)
      const other = await lab.file('other.pem', (await (index === 0 ? second : first)?.intermediate()) ?? '')
      expect((await verify('-untrusted', other)).exitCode).not.toBe(0)
    }
  }
})

test('the public root is another one, and known from the start', async () => {
  await using lab = await startTestLandscape()
  const [first, second] = await hostsOf(lab)
  const told: string[] = []
  second?.onPublicRoot((pem) => told.push(pem))
  expect(told).toEqual([await first?.publicRoot()])
  expect(told).not.toEqual([await first?.root()])
  const issued = await first?.issue({ ...names, ipAddresses: [], authority: 'public', now: now() })
  const issuer = issued?.chain.split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? ''
  expect(new X509Certificate(issuer).checkIssued(new X509Certificate(told[0] ?? ''))).toBe(true)
})

test.each([
  ['untrusted-root', 'Not Corp'],
  ['self-signed', 'sql1.corp.example'],
] as const)('a leaf with the defect %s is signed by %s', async (defect, signer) => {
  await using lab = await startTestLandscape()
  const [pki] = await hostsOf(lab)
  const issued = await pki?.issue({ ...names, defect, now: now() })
  expect(new X509Certificate(issued?.cert ?? '').issuer).toContain(signer)
})
