import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
