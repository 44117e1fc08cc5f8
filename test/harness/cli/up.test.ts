import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../support/programs.ts'
import { type Machine, machine, moreOf, type UpProcess } from './landscape-process.ts'

const mini = (more = '') => `landscape: mini
domain: corp.example
hosts:
  smtp1: { runs: { smtp-server: {} } }
  license1: { runs: { password-secure/license-server: {} } }
  client1: { runs: {} }
${more}`

function miniMachine(): Machine {
  const here = machine()
  writeFileSync(join(here.folder, 'mini.yaml'), mini())
  return here
}

describe('one landscape that is up', () => {
  let here: Machine
  let up: UpProcess
  beforeAll(async () => {
    here = miniMachine()
    up = await here.up('./mini.yaml')
  })
  afterAll(async () => {
    await up[Symbol.asyncDispose]()
    here[Symbol.dispose]()
  })

  test('its root is in a file for this user alone, its names are those of its hosts', () => {
    expect(readFileSync(up.facts.rootFile, 'utf8')).toContain('BEGIN CERTIFICATE')
    if (process.platform !== 'win32') expect(statSync(up.facts.rootFile).mode & 0o777).toBe(0o600)
    expect(Object.keys(up.facts.names)).toContain('smtp1.corp.example')
    expect(up.facts.endpoints.map(({ to, port }) => `${to}:${port}`)).toContain('smtp1:25')
  })

  test('ps finds it', async () => {
    const { stdout } = await here.run('ps')
    expect(stdout).toMatch(new RegExp(`^mini +mini +embedded +3 +2 +- +${up.child.pid} `, 'm'))
    const document = JSON.parse((await here.run('ps', '--json')).stdout)
    expect(document).toMatchObject({ runs: [{ name: 'mini', pid: up.child.pid, faults: [] }] })
  })

  test('probe: 0 when it worked, 1 when it failed, 2 for what does not exist', async () => {
    const worked = await here.run('probe', 'operator', 'tcp', 'host=smtp1', 'port=25', '--json')
    expect(worked.code).toBe(0)
    expect(JSON.parse(worked.stdout)).toMatchObject({ probe: 'tcp', from: 'operator', ok: true })
    const failed = await here.run('probe', 'client1', 'tcp', 'host=smtp1', 'port=26')
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/^tcp client1 → smtp1:26: failed, ended by peer: net ECONNREFUSED/)
    const host = await here.run('probe', 'clint1', 'tcp', 'host=smtp1', 'port=25')
    expect(host).toMatchObject({ code: 2, stdout: '' })
    expect(host.stderr).toContain('there is no host "clint1"; did you mean "client1"?')
    const probe = await here.run('probe', 'client1', 'tpc', 'host=smtp1')
    expect(probe).toMatchObject({ code: 2, stdout: '' })
  })

  test('journal and files of a host: as lines, as JSON, and what does not exist', async () => {
    const greeting = ['host=smtp1', 'port=25', 'mail={"from":"a@corp.example","to":"b@corp.example"}']
    expect((await here.run('probe', 'operator', 'smtp', ...greeting)).code).toBe(0)
    const { stdout } = await here.run('journal', 'smtp1', '--component', 'smtp-server', '--json')
    const { entries } = JSON.parse(stdout)
    expect(entries.length).toBeGreaterThan(0)
    expect(entries.at(-1)).toMatchObject({ host: 'smtp1', kind: 'smtp-server' })
    const { type } = entries.at(-1)
    const last = await here.run('journal', 'smtp1', '--last', '1')
    expect(last.stdout.trimEnd().split('\n')).toEqual([expect.stringContaining(type)])
    const typed = JSON.parse((await here.run('journal', 'smtp1', '--type', type, '--json')).stdout).entries
    expect(new Set(typed.map((entry: { type: string }) => entry.type))).toEqual(new Set([type]))
    expect(await here.run('journal', 'client1')).toMatchObject({ code: 0, stdout: '' })
    const files = await here.run('files', 'client1', '--json')
    expect(JSON.parse(files.stdout)).toEqual({ host: 'client1', files: expect.any(Array) })
    for (const [verb, ...words] of [
      ['journal', 'smtp2'],
      ['journal', 'smtp1', '--component', 'smtp'],
      ['journal', 'smtp1', '--last', 'ten'],
      ['files', 'smtp1', 'C:/Nowhere'],
      ['files', 'smtp1', '../..'],
    ] as const) {
      expect(await here.run(verb, ...words), words.join(' ')).toMatchObject({ code: 2, stdout: '' })
    }
  })

  test('a journal is followed: what was written, then what comes, until Ctrl-C', async () => {
    const mail = (from: string) => ['host=smtp1', 'port=25', `mail={"from":"${from}","to":"b@corp.example"}`]
    expect((await here.run('probe', 'operator', 'smtp', ...mail('before@corp.example'))).code).toBe(0)
    const following = here.start('journal', 'smtp1', '--follow', '--type', 'mail-accepted', '--json')
    const lines = createInterface({ input: following.stdout as Readable })[Symbol.asyncIterator]()
    const told = async (sender: string) => {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error(`it ended without ${sender}`)
        if (value.includes(sender)) return value
      }
    }
    await told('before@corp.example')
    expect((await here.run('probe', 'operator', 'smtp', ...mail('after@corp.example'))).code).toBe(0)
    expect(JSON.parse(await told('after@corp.example'))).toMatchObject({ host: 'smtp1', kind: 'smtp-server' })
    following.kill('SIGINT')
    expect(await once(following, 'exit')).toEqual([0, null])
  })

  test('probe says in one line what is wrong with its input', async () => {
    const asked = async (...input: readonly string[]) => {
      const { code, stderr, stdout } = await here.run('probe', 'operator', ...input)
      return `${code} ${stdout}${stderr.replace(/ \(.*\)\n$/, '')}`
    }
    expect([
      await asked('tcp', 'hst=smtp1', 'port=25'),
      await asked('tls', 'port=70000', 'trust=all'),
      await asked('sql', 'user=app'),
      await asked('http', 'url=smtp1'),
      await asked('dns'),
      await asked('smtp', 'host=smtp1', 'mail={"form":"a@b.c","to":"d@e.f"}'),
    ]).toMatchInlineSnapshot(`
      [
        "2 error: probe tcp: host is missing; unknown key "hst"; did you mean "host"?",
        "2 error: probe tls: host is missing; port must be at most 65535; trust must be host, nobody, everybody, or a list of PEM texts",
        "2 error: probe sql: give a host, once: host=…",
        "2 error: probe http: url must begin with http:// or https://",
        "2 error: probe dns: name is missing",
        "2 error: probe smtp: mail.from is missing; unknown key "form"; did you mean "from"?",
      ]
    `)
    expect((await here.run('probe', 'operator', 'sql', 'host=smtp1', 'port=25')).stdout).toMatch(
      /^sql operator → smtp1:25/,
    )
  })

  test('inject breaks, ps tells, clear mends, the events say so', async () => {
    const injected = await here.run('inject', 'reject:to=smtp1,port=25', '--json')
    const { id } = JSON.parse(injected.stdout)
    expect(await up.next('fault-injected')).toMatchObject({ id, fault: { fault: 'reject', to: 'smtp1', port: 25 } })
    expect((await here.run('probe', 'operator', 'tcp', 'host=smtp1', 'port=25')).code).toBe(1)
    expect((await here.run('ps')).stdout).toContain(id)
    expect((await here.run('clear', 'all', '--json')).stdout).toBe(
      `${JSON.stringify({ cleared: [id], left: [] }, undefined, 2)}\n`,
    )
    expect(await up.next('fault-cleared')).toMatchObject({ id })
    expect((await here.run('probe', 'operator', 'tcp', 'host=smtp1', 'port=25')).code).toBe(0)
    expect(await here.run('inject', 'rejct:to=smtp1')).toMatchObject({ code: 2 })
    expect(await here.run('clear', 'nothing-like-it')).toMatchObject({ code: 2 })
  })

  test('inject says what is wrong in its own words, and remarks where nothing listens', async () => {
    const alone = await here.run('inject', 'drop')
    expect(alone).toMatchObject({ code: 2, stdout: '' })
    expect(alone.stderr).toBe(
      'error: inject drop: to is missing (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])\n',
    )
    const silent = await here.run('inject', 'drop:to=smtp1,port=26')
    await here.run('clear')
    expect(silent.code).toBe(0)
    expect(silent.stderr).toMatch(/^note: nothing listens on smtp1:26; its ports: 25\b/)
    const listed = await here.run('list', 'faults')
    expect(listed.stdout).toMatch(/^stop .* at start only \(--with\) .*\n +stop:at=…$/m)
  })

  test('a second one of the same name is refused, without a name it is numbered', async () => {
    const refused = await here.run('up', './mini.yaml', '--name', 'mini')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(`a run named mini is up already (process ${up.child.pid})`)
    await using second = await here.up('./mini.yaml')
    expect(second.facts.info.name).toBe('mini-2')
    const unclear = await here.run('probe', 'client1', 'dns', 'name=smtp1')
    expect(unclear).toMatchObject({ code: 2, stdout: '' })
    expect(unclear.stderr).toContain('several landscapes are up: mini, mini-2; say which one with --run NAME')
    expect((await here.run('probe', 'client1', 'dns', 'name=smtp1', '--run', 'mini-2')).code).toBe(0)
    expect((await here.run('down', '--run', 'mini-2')).stdout).toBe('ended: mini-2\n')
    expect(await second.ended).toBe(0)
  })

  const noCurl = process.platform === 'linux' ? missing('curl', 'unshare') : ' (skipped: exec needs Linux)'
  test.skipIf(noCurl)(`exec runs a program as a host of the landscape${noCurl ?? ''}`, async () => {
    const url = 'https://license1.corp.example/'
    const allowed = await here.run(
      'exec',
      'operator',
      '--',
      'curl',
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      url,
    )
    expect(allowed).toEqual({ code: 0, stdout: '404', stderr: '' })
    const rejected = await here.run('exec', 'client1', '--', 'curl', '-sS', url)
    expect(rejected.code).toBe(7)
    await here.run('inject', 'drop:to=license1,port=443')
    const dropped = await here.run('exec', 'operator', '--', 'curl', '-sS', '--connect-timeout', '0.3', url)
    await here.run('clear')
    expect(dropped.code).toBe(28)
    const unknown = await here.run('exec', 'client1', '--', 'curl', '-sS', 'https://www.example.com/')
    expect(unknown.code).toBe(6)
    expect(await here.run('exec', 'client1', '--', 'sh', '-c', 'echo $LANDSCAPE_HOST; exit 9')).toEqual({
      code: 9,
      stdout: 'client1\n',
      stderr: '',
    })
    expect((await here.run('exec', 'client1', '--', 'sh', '-c', 'kill -KILL $$')).code).toBe(137)
    expect((await here.run('exec', 'client1', '--', 'no-such-program')).code).toBe(127)
    expect((await here.run('exec', 'clint1', '--', 'true')).code).toBe(2)
    expect(readdirSync(up.facts.info.folder).filter((name) => name.startsWith('exec-'))).toEqual([])
  })

  test.skipIf(noCurl)(`exec passes a signal on and cleans up behind it${noCurl ?? ''}`, async () => {
    const child = here.start('exec', 'client1', '--', 'sh', '-c', 'echo ready; exec sleep 1000')
    if (child.stdout) await once(child.stdout, 'data')
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(child.exitCode).toBe(143)
    expect(readdirSync(up.facts.info.folder).filter((name) => name.startsWith('exec-'))).toEqual([])
  })

  test.skipIf(noCurl)(`env makes a shell’s curl the host’s${noCurl ?? ''}`, async () => {
    const { stdout } = await here.run('env', 'operator', '--for', 'curl')
    const script = `${stdout}\ncurl -sS -o /dev/null -w '%{http_code}' https://license1.corp.example/`
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe('404')
  })

  const noOpenssl = process.platform === 'win32' ? ' (skipped: no POSIX shell)' : missing('openssl')
  test.skipIf(noOpenssl)(`env makes openssl trust what the host trusts${noOpenssl ?? ''}`, async () => {
    const { stdout } = await here.run('env', 'operator', '--for', 'openssl')
    const connect = stdout.split('\n').find((line) => line.includes(':443 '))
    expect(connect).toContain('-servername license1.corp.example')
    const command = connect?.replace(/^# /, '').replace(/ {3}.*/, '')
    const child = spawn('/bin/sh', ['-c', `${stdout}\n${command} -verify_return_error < /dev/null`])
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect(output).toContain('Verify return code: 0 (ok)')
  })
})

test('down ends it with 0, and nothing is left', async () => {
  using here = miniMachine()
  await using up = await here.up('./mini.yaml', '--name', 'one')
  expect(existsSync(up.facts.info.folder)).toBe(true)
  expect(await here.run('down', '--json')).toMatchObject({ code: 0, stdout: '{\n  "ended": [\n    "one"\n  ]\n}\n' })
  expect(await up.ended).toBe(0)
  expect(existsSync(up.facts.info.folder)).toBe(false)
  expect(readdirSync(join(here.folder, 'state', 'runs'))).toEqual([])
})

test.skipIf(process.platform === 'win32')(
  'SIGTERM ends it with 130, and nothing is left (not on Windows)',
  async () => {
    using here = miniMachine()
    await using up = await here.up('./mini.yaml')
    up.child.kill('SIGTERM')
    expect(await up.ended).toBe(130)
    expect(existsSync(up.facts.info.folder)).toBe(false)
    expect(readdirSync(join(here.folder, 'state', 'runs'))).toEqual([])
  },
)

test('one that was killed is swept by the next command', async () => {
  using here = miniMachine()
  await using up = await here.up('./mini.yaml')
  up.child.kill('SIGKILL')
  await up.ended
  const runs = join(here.folder, 'state', 'runs')
  expect(readdirSync(runs)).toContain('mini.json')
  // Killed while it wrote the file anew, it leaves a draft too.
  writeFileSync(join(runs, `mini.json.${up.child.pid}`), '{')
  expect(await here.run('ps')).toMatchObject({ code: 0, stdout: '' })
  expect(readdirSync(join(here.folder, 'state', 'runs'))).toEqual([])
})

test('--watch reloads what is saved, and keeps what is up when the file is wrong', async () => {
  using here = miniMachine()
  await using up = await here.up('./mini.yaml', '--watch')
  writeFileSync(join(here.folder, 'mini.yaml'), mini('  client2: { runs: {} }\n'))
  const again = await up.next('up')
  expect(again.info).toMatchObject({ name: 'mini', hosts: ['smtp1', 'license1', 'client1', 'client2'] })
  expect((await here.run('probe', 'client2', 'dns', 'name=client1')).code).toBe(0)
  writeFileSync(join(here.folder, 'mini.yaml'), mini('  client3: { rnus: {} }\n'))
  await up.complained('did you mean "runs"')
  expect((await here.run('probe', 'client2', 'dns', 'name=client1')).code).toBe(0)
})

test('--watch tells a reload in one line, and keeps the seed', async () => {
  using here = miniMachine()
  const child = here.start('up', './mini.yaml', '--watch')
  const { stdout } = child
  if (!stdout) throw new Error('no pipe')
  const seen: string[] = []
  stdout.setEncoding('utf8').on('data', (part: string) => void seen.push(part))
  while (!seen.join('').includes('ends it.')) await moreOf(stdout)
  const first = seen.splice(0).join('')
  writeFileSync(join(here.folder, 'mini.yaml'), mini('  client2: { runs: {} }\n'))
  while (!seen.join('').includes('\n')) await moreOf(stdout)
  const { runs } = JSON.parse((await here.run('ps', '--json')).stdout)
  expect(first).toContain(`seed ${runs[0].seed}\n`)
  expect((await here.run('down')).code).toBe(0)
  expect(seen.join('')).toMatch(/^reloaded in \d+ ms: new: client2.*\nmini has ended\n$/)
})

test('without --json: endpoints, names and the root in words, no escapes where there is no terminal', async () => {
  using here = miniMachine()
  const child = here.start('up', './mini.yaml')
  const { stdout } = child
  if (!stdout) throw new Error('no pipe')
  const seen: string[] = []
  stdout.setEncoding('utf8').on('data', (part: string) => void seen.push(part))
  while (!seen.join('').includes('ends it.')) await moreOf(stdout)
  expect((await here.run('down')).code).toBe(0)
  const said = seen.join('')
  expect(said).toMatch(/^mini is up in \d+ ms: 3 hosts, 2 components, engine embedded, seed \d+\n/)
  expect(said).toMatch(/^smtp1 +smtp-server +25 +starttls +127\.[\d.]+:25 /m)
  expect(said).toMatch(/^ {2}127\.[\d.]+ +smtp1\.corp\.example smtp1$/m)
  expect(said).toContain('landscape exec')
  expect(said).not.toContain('\u001b')
})
