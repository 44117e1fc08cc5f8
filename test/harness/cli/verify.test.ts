import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { machine, moreOf } from './landscape-process.ts'

const ID = 'password-secure/ports/clients-port-is-open-to-clients'
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

test('green: plain lines, the counts last, 0, and every report', async () => {
  using here = machine()
  const files = ['--junit', 'reports/junit.xml', '--html', 'reports/page.html']
  const { code, stdout, stderr } = await here.run('verify', '--only', ID, ...files)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`passed   ${ID} [`)
  expect(lastLine(stdout)).toMatch(/^\d+ passed, 0 failed, 0 skipped$/)
  expect(stdout).not.toContain('\u001b')
  expect(readFileSync(join(here.folder, 'reports/junit.xml'), 'utf8')).toContain(`<testcase classname="${ID}"`)
  expect(readFileSync(join(here.folder, 'reports/page.html'), 'utf8')).toContain('<svg id="map"')
})

test('a key pool that is being filled does not keep the end from being told', async () => {
  using here = machine()
  const only = 'password-secure/tls/sql-server-is-verified'
  const rsa = 'sql1.sql-server.certificate.key=rsa'
  const { code, stderr } = await here.run('verify', '--only', only, '--set', rsa)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('--json prints one document and nothing else', async () => {
  using here = machine()
  const { code, stdout, stderr } = await here.run('verify', '--only', ID, '--json', '--seed', '7')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toMatchObject({
    landscape: 'full',
    seed: 7,
    results: [
      { scenario: ID, outcome: 'passed' },
      { scenario: ID, outcome: 'passed' },
    ],
    summary: { passed: 2, failed: 0, outcome: 'passed' },
  })
})

test('red: 1, the case in full, and --failed runs it again', async () => {
  using here = machine()
  const only = ['--only', 'real-time-port-is-open-to-clients']
  const broken = ['--with', 'reject:from=client1,to=app1,port=11018']
  const red = await here.run('verify', ...only, ...broken)
  expect(red.code).toBe(1)
  expect(red.stdout).toContain('✗ failed')
  expect(red.stdout).toMatch(/ECONNREFUSED/)
  expect(lastLine(red.stdout)).toMatch(/^\d+ passed, 1 failed, 0 skipped$/)
  const again = await here.run('verify', '--failed', '--json')
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout).results).toHaveLength(1)
  expect(await here.run('verify', '--failed')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'nothing failed when full was last verified\n',
  })
})

test('two landscapes side by side give the same report as one', async () => {
  using here = machine()
  const chosen = ['verify', '--only', '/ports/', '--json', '--with', 'reject:from=client1,to=app1,port=11018']
  const outcomes = async (jobs: string) => {
    const { code, stdout, stderr } = await here.run(...chosen, '--jobs', jobs)
    const results: readonly { id: string; outcome: string }[] = JSON.parse(stdout).results
    return { code, stderr, results: results.map(({ id, outcome }) => ({ id, outcome })) }
  }
  const alone = await outcomes('1')
  expect(alone).toMatchObject({ code: 1, stderr: '' })
  expect(alone.results.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(0)
  expect(await outcomes('2')).toEqual(alone)
})

test('shards part the cases: each runs once', async () => {
  using here = machine()
  const part = async (shard: string) => {
    const { stdout } = await here.run('verify', '--only', '/ports/real-time-port', '--json', '--shard', shard)
    const results: readonly { id: string }[] = JSON.parse(stdout).results
    return results.map(({ id }) => id)
  }
  const whole = await part('1/1')
  expect([...(await part('1/2')), ...(await part('2/2'))].sort()).toEqual(whole.toSorted())
})

test('a pattern that fits nothing is an error, a landscape that nothing fits a note', async () => {
  using here = machine()
  const nothing = await here.run('verify', '--only', 'no-such-thing')
  expect(nothing.code).toBe(2)
  expect(nothing.stderr).toContain('no case fits no-such-thing')
  writeFileSync(join(here.folder, 'bare.yaml'), 'landscape: bare\nhosts:\n  client1: { runs: {} }\n')
  const bare = await here.run('verify', './bare.yaml')
  expect(bare).toMatchObject({ code: 0, stderr: 'note: no scenario finds its hosts in bare: nothing was proven\n' })
  expect((await here.runWith({ CI: 'true' }, 'verify', './bare.yaml')).code).toBe(1)
})

test.skipIf(process.platform === 'win32')(
  'interrupted: 130, and the counts of what was done (not on Windows)',
  async () => {
    using here = machine()
    const child = here.start('verify')
    const { stdout } = child
    if (!stdout) throw new Error('no pipe')
    const seen: string[] = []
    stdout.setEncoding('utf8').on('data', (part: string) => void seen.push(part))
    while (!seen.join('').includes('passed   ')) await moreOf(stdout)
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(child.exitCode).toBe(130)
    expect(lastLine(seen.join(''))).toMatch(/^[1-9]\d* passed, \d+ failed, \d+ skipped$/)
  },
)
