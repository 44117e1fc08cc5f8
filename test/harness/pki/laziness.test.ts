import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../support/programs.ts'

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

test('the door loads no third-party package, and opening a PKI neither', async () => {
  expect(await packagesAfter('')).toEqual([])
  const open = `const keys = pki.openKeyPool({ folder: '/nowhere' })
    pki.openPki({ organisation: 'Corp', now: () => new Date(), keys })`
  expect(await packagesAfter(open)).toEqual([])
})

test('the first certificate loads @peculiar/x509, and not selfsigned', async () => {
  const issue = `const keys = pki.openKeyPool({ folder: '/nowhere' })
    const names = { commonName: 'a', dnsNames: ['a'], ipAddresses: [] }
    const now = new Date()
    await pki.openPki({ organisation: 'Corp', now: () => now, keys }).issue({ ...names, now })`
  const packages = await packagesAfter(issue)
  expect(packages).toContain('@peculiar/x509')
  expect(packages).not.toContain('selfsigned')
})
