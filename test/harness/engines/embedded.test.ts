import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { embeddedEngine } from '../../../harness/engines/embedded/engine.ts'
import type { KindDescription, LandscapeSpec } from '../../../harness/landscape/index.ts'
import { resolveLandscape } from '../../../harness/landscape/index.ts'
import { type RunningLandscape, type StartOptions, startResolved } from '../../../harness/start-landscape.ts'
import { echo } from '../../support/echo-kind.ts'
import { has } from '../../support/programs.ts'

const run = promisify(execFile)

const three: LandscapeSpec = {
  landscape: 'three',
  hosts: { a: { runs: { echo: {} } }, b: { aliases: ['other.example'], runs: { echo: {} } }, c: {} },
}

function start(spec: LandscapeSpec, options: StartOptions = {}): Promise<RunningLandscape> {
  // The test's only kind; the model parses its settings before it sees them.
  const kinds = [echo] as unknown as readonly KindDescription[]
  const parts = { kinds: new Map([['echo', echo]]), probes: new Map(), engine: embeddedEngine }
  return startResolved(resolveLandscape(spec, kinds), parts, options)
}

const ask = (lab: RunningLandscape, from: string, host: string, port = 1433) =>
  lab.host(from).call('echo', 'ask', { host, port })

const modelAddress = (lab: RunningLandscape, name: string) =>
  lab.landscape.hosts.find((host) => host.name === name)?.address

describe.each([
  ['pair addresses', {}],
  ['the mapping to 127.0.0.1', { mapped: true }],
] as const)('hosts on %s', (_, options) => {
  test("reach what flows allow, by every name and by the model's address, and are known", async () => {
    await using lab = await start(three, options)
    for (const name of ['b', 'b.corp.example', 'B.Corp.Example', 'other.example', modelAddress(lab, 'b') ?? '']) {
      expect(await ask(lab, 'a', name)).toEqual({ said: expect.stringContaining(`a ${modelAddress(lab, 'a')}`) })
    }
    expect(await lab.host('b').journal('echo')).toHaveLength(5)
  })

  test('are refused where no flow allows it, and where nothing runs', async () => {
    await using lab = await start(three, options)
    expect(await ask(lab, 'a', 'b', 443)).toEqual({ code: 'ECONNREFUSED' })
    expect(await ask(lab, 'a', 'c', 1433)).toEqual({ code: 'ECONNREFUSED' })
    await lab.host('b').stop('echo')
    expect(await ask(lab, 'a', 'b')).toEqual({ code: 'ECONNREFUSED' })
    await lab.host('b').start('echo')
    expect(await ask(lab, 'a', 'b')).toMatchObject({ said: expect.stringContaining('a 10.') })
  })

  test('do not resolve names that nobody has', async () => {
    await using lab = await start(three, options)
    expect(await ask(lab, 'a', 'nobody')).toEqual({ code: 'ENOTFOUND' })
  })

  test('feel faults come and go', async () => {
    await using lab = await start(three, options)
    const rejected = await lab.inject('reject:from=a,to=b,port=1433')
    expect(await ask(lab, 'a', 'b')).toEqual({ code: 'ECONNREFUSED' })
    expect(await ask(lab, 'b', 'b')).toMatchObject({ said: expect.any(String) })
    await lab.clear(rejected.id)
    expect(await ask(lab, 'a', 'b')).toMatchObject({ said: expect.any(String) })
    await lab.inject('open:from=a,to=b,port=443')
    expect(lab.endpoints('a').map(({ port }) => port)).toContain(443)
  })
})

test('hosts stand at the same addresses at every start', async () => {
  const seen = async () => {
    await using lab = await start(three)
    const own = [...(await lab.host('operator').names())].map(
      ([name, address]) => `${name} ${address.split('.').slice(2)}`,
    )
    return [...own, ...(await lab.host('a').names()).values().map((address) => address.split('.').slice(2).join('.'))]
  }
  expect(await seen()).toEqual(await seen())
})

test('a caller binds an address of its own, which the called host sees', async () => {
  await using lab = await start(three)
  const names = await lab.host('b').names()
  expect(await ask(lab, 'a', 'b')).toEqual({ said: `a ${modelAddress(lab, 'a')} ${names.get('a')}` })
})

test.skipIf(!has('openssl'))(
  "openssl, as the operator, is served a leaf that the landscape's root vouches for",
  async () => {
    await using lab = await start(three)
    const [endpoint] = lab.endpoints('operator').filter(({ to, port }) => to === 'b' && port === 443)
    const { writeFile } = await import('node:fs/promises')
    const ca = `${lab.folder}/ca.pem`
    await writeFile(ca, await lab.host('operator').trusted())
    const args = [
      's_client',
      '-connect',
      `${endpoint?.address}:443`,
      '-CAfile',
      ca,
      '-verify_return_error',
      '-verify_hostname',
      'b.corp.example',
    ]
    const { stdout } = await run('openssl', args)
    expect(stdout).toContain('operator 10.255.255.254')
    expect(stdout).toContain('Verify return code: 0 (ok)')
  },
)

test('a stranger on a documented port is one clear error, and nothing stays', async () => {
  const stranger = createServer().listen(1433, '0.0.0.0')
  await once(stranger, 'listening')
  try {
    await expect(start(three)).rejects.toThrow(/port 1433 cannot be opened/)
    const before = await handles()
    await expect(start(three)).rejects.toThrow(/port 1433 cannot be opened/)
    expect(await handles()).toEqual(before)
  } finally {
    stranger.close()
  }
})

test('nothing is left behind', async () => {
  await (await start(three))[Symbol.asyncDispose]()
  const before = await handles()
  const lab = await start(three)
  await ask(lab, 'a', 'b')
  await lab[Symbol.asyncDispose]()
  await lab[Symbol.asyncDispose]()
  expect(existsSync(lab.folder)).toBe(false)
  expect(await handles()).toEqual(before)
})

/** What keeps the loop busy, after what is being closed has gone. */
async function handles(): Promise<readonly string[]> {
  // Handles that are being closed go at the end of the loop's turn after this one.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Timeout' && name !== 'Immediate')
    .sort()
}
