import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './program.ts'

const door = join(import.meta.dirname, '../../../harness/pki/index.ts')

/** Names of the third-party packages that a process has loaded after `code`. */
async function packagesAfter(code: string): Promise<readonly string[]> {
  const list = `
    const { createRequire } = await import('node:module')
    const files = Object.keys(createRequire(${JSON.stringify(door)}).cache)
    console.log(JSON.stringify([...new Set(files.flatMap((file) => file.match(/node_modules.(?:@[^/\\\\]+.)?[^/\\\\]+/g) ?? []))]))`
  const script = `const pki = await import(${JSON.stringify(door)}); ${code}; ${list}`
  const { output } = await run(process.execPath, ['--input-type=module', '--eval', script])
  return JSON.parse(output).map((name: string) => name.replace('node_modules/', ''))
}

const names = "const names = { commonName: 'a', dnsNames: ['a'], ipAddresses: [], now: new Date() }"
const open = `const keys = pki.openKeyPool({ folder: '/nowhere' })
  const authority = pki.openPki({ organisation: 'Corp', now: () => new Date(), keys })`

test('the door loads no third-party package, and issuing a leaf neither', async () => {
  expect(await packagesAfter('')).toEqual([])
  expect(await packagesAfter(`${names}; ${open}; await authority.issue(names); await authority.crl()`)).toEqual([])
})

test('selfsigned is loaded by the first self-signed certificate', async () => {
  const issue = 'await pki.selfSignedCertificate({ ...names, notAfter: pki.NO_EXPIRY, keys })'
  expect(await packagesAfter(`${names}; ${open}; ${issue}`)).toContain('selfsigned')
})
