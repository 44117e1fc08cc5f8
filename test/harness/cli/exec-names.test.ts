import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { machine } from './landscape-process.ts'

const lab = `landscape: names
hosts:
  dns1: { runs: { dns-server: {} } }
  smtp1: { aliases: [mail], runs: { smtp-server: {} } }
  client1: {}
`

/** Undefined where programs can be given files of their own. */
function noMounts(): string | undefined {
  try {
    const mapped = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    execFileSync('unshare', [...mapped, '--mount', '--', 'true'], { stdio: 'ignore' })
    return undefined
  } catch {
    return ' (skipped: no mount namespaces here)'
  }
}

const reason = missing('dig', 'getent') ?? noMounts()

test.skipIf(reason)(`programs of a host ask its name server${reason ?? ''}`, async () => {
  using here = machine()
  writeFileSync(join(here.folder, 'names.yaml'), lab)
  await using up = await here.up('--isolated', './names.yaml')
  const client = (...program: string[]) => here.run('exec', 'client1', '--', ...program)
  const alias = await client('dig', '+short', 'mail.corp.example')
  expect(alias.stdout).toMatch(/^smtp1\.corp\.example\.\n127\.[\d.]+\n$/)
  const address = alias.stdout.trim().split('\n')[1]
  // By glibc: the domain is searched, and what the hosts file has not is asked for.
  expect((await client('getent', 'hosts', 'smtp1')).stdout).toMatch(new RegExp(`^${address} +smtp1\\.corp\\.example`))
  expect((await client('getent', 'hosts', 'client1')).code).toBe(0)
  expect((await client('getent', 'hosts', 'nobody')).code).not.toBe(0)
  expect((await here.run('inject', 'reject:from=client1,to=dns1,port=53')).code).toBe(0)
  expect((await client('getent', 'hosts', 'smtp1')).code).not.toBe(0)
  expect(up.facts.info.name).toBe('names')
})
