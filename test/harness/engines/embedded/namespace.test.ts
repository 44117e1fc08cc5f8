import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { namespaceSupport } from '../../../../harness/engines/embedded/namespace.ts'

const support = await namespaceSupport()
const module = new URL('../../../../harness/engines/embedded/namespace.ts', import.meta.url).href
const program = `
  const { enterNamespace, inNamespace } = await import(${JSON.stringify(module)})
  const before = { pid: process.pid, cwd: process.cwd() }
  if (!inNamespace()) enterNamespace(['-e', process.env.PROGRAM, '--', ...process.argv.slice(1)])
  const { createServer } = await import('node:net')
  const servers = [[443, '127.99.0.1'], [47777, '0.0.0.0']].map(([port, host]) => createServer().listen({ port, host }))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  process.on('SIGTERM', () => process.exit(42))
  process.stdin.once('data', (data) => console.log(JSON.stringify({
    ...before, argv: process.argv.slice(1), execArgv: process.execArgv, said: String(data), kept: process.env.KEPT })))
`

test.skipIf(!support.available)(
  `a program enters a namespace of its own and stays the same process (${support.reason})`,
  async () => {
    const start = () =>
      spawn(process.execPath, ['--stack-size=900', '--input-type=module', '-e', program, '--', 'two words', "it's"], {
        stdio: ['pipe', 'pipe', 'inherit'],
        cwd: '/',
        env: { PATH: process.env.PATH, PROGRAM: program, KEPT: 'yes' },
      })
    // Two at once bind the same ports, low ones too, and on every address.
    const children = [start(), start()]
    for (const child of children) {
      child.stdin.write('hello')
      const [line] = await once(child.stdout, 'data')
      const told: unknown = JSON.parse(String(line))
      expect(told).toMatchObject({ pid: child.pid, cwd: '/', said: 'hello', kept: 'yes', argv: ['two words', "it's"] })
      expect(told).toMatchObject({ execArgv: expect.arrayContaining(['--stack-size=900']) })
    }
    for (const child of children) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      expect(await ended).toEqual([42, null])
    }
  },
)

const isRoot = process.getuid?.() === 0
const entersWithoutUsers = isRoot && support.available && !support.reason.includes('--user')

test.skipIf(!entersWithoutUsers)(
  `root keeps its users in a namespace: files of others are real there (${isRoot ? support.reason : 'not root'})`,
  async () => {
    const looks = `
      const { enterNamespace, inNamespace } = await import(${JSON.stringify(module)})
      if (!inNamespace()) enterNamespace(['--input-type=module', '-e', process.env.PROGRAM])
      const { chownSync, mkdtempSync, readFileSync, rmSync, statSync } = await import('node:fs')
      const folder = mkdtempSync('/tmp/namespace-test-')
      chownSync(folder, 400_000, 400_000)
      const { uid, gid } = statSync(folder)
      rmSync(folder, { recursive: true })
      process.setgroups([])
      process.setgid(400_000)
      process.setuid(400_000)
      console.log(JSON.stringify({ uid, gid, now: process.getuid(), map: readFileSync('/proc/self/uid_map', 'utf8') }))
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', looks], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, PROGRAM: looks },
    })
    const [line] = await once(child.stdout, 'data')
    const outside = readFileSync('/proc/self/uid_map', 'utf8')
    expect(JSON.parse(String(line))).toEqual({ uid: 400_000, gid: 400_000, now: 400_000, map: outside })
  },
)
