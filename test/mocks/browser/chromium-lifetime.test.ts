/** What Chromium leaves behind, and whom it talks to. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { browser } from '../../../mocks/browser/kind.ts'
import { componentHostDoubles } from '../../support/component-host-double.ts'
import { missing } from '../../support/programs.ts'
import { testSite } from './test-site.ts'

const noChromium = process.platform === 'linux' ? missing('chromium', 'certutil') : ' (skipped: driven on Linux only)'
const chromium = { settings: { engine: 'chromium' } }

/** Processes whose command line names a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(folder)
    } catch (error) {
      // It ended meanwhile.
      if (error instanceof Error && 'code' in error && /^(ENOENT|ESRCH)$/.test(String(error.code))) return false
      throw error
    }
  })
}

test.skipIf(noChromium)(
  `its process and its home go with the component, also when that stops in the middle of a page${noChromium ?? ''}`,
  async () => {
    await using doubles = await componentHostDoubles({ patienceMs: 5_000 })
    const site = await doubles.start('site1', testSite)
    const client = await doubles.start('client1', browser, chromium)
    const home = join(client.host.files.root, 'browser', 'home')
    expect(existsSync(home)).toBe(false)
    expect(await client.call('open', { url: 'https://site1.corp.example/about' })).toMatchObject({ status: 200 })
    expect(processesIn(home).length).toBeGreaterThan(0)
    const waiting = client.call('open', { url: 'https://site1.corp.example/never' })
    const ended = expect(waiting).rejects.toThrow()
    await expect.poll(() => site.call('requests'), { timeout: 10_000 }).toContain('GET /never')
    await client[Symbol.asyncDispose]()
    await ended
    expect(processesIn(home)).toEqual([])
    expect(existsSync(home)).toBe(false)
  },
  60_000,
)

const root = process.getuid?.() === 0
const noTrace = noChromium ?? missing('strace') ?? (root ? undefined : ' (skipped: the sandbox is not to be traced)')

test.skipIf(noTrace)(
  `it connects to hosts of the landscape and to nobody else${noTrace ?? ''}`,
  async () => {
    await using doubles = await componentHostDoubles({ patienceMs: 5_000 })
    await doubles.start('site1', testSite)
    await doubles.start('stranger', testSite, { settings: { certificate: { defect: 'self-signed' } } })
    const { folder } = doubles.landscape
    const trace = join(folder, 'trace')
    const wrapper = '#!/bin/sh\nexec strace -f -qq -e trace=connect,sendto,sendmsg,sendmmsg -e signal=none'
    writeFileSync(join(folder, 'chromium'), `${wrapper} -o ${trace} ${programOnPath('chromium')} "$@"\n`, {
      mode: 0o755,
    })
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    onTestFinished(() => void vi.unstubAllEnvs())
    const client = await doubles.start('client1', browser, chromium)
    expect(await client.call('open', { url: 'https://site1.corp.example/about' })).toMatchObject({ status: 200 })
    expect(await client.call('open', { url: 'https://stranger.corp.example/' })).toMatchObject({ ok: false })
    expect(await client.call('open', { url: 'https://nobody.example/' })).toMatchObject({ ok: false })
    await client[Symbol.asyncDispose]()
    const addressed = readFileSync(trace, 'utf8').matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)
    const peers = new Set([...addressed].map(([, four, six]) => four ?? six ?? ''))
    expect(peers).toContain(doubles.landscape.addressOf('site1'))
    // A socket that is pointed there and sends nothing: so Chromium finds out whether there is a route for IPv6.
    peers.delete('2001:4860:4860::8888')
    expect([...peers].filter((peer) => !peer.startsWith('127.77.'))).toEqual([])
  },
  120_000,
)

const programOnPath = (name: string): string =>
  (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(existsSync) ?? name
