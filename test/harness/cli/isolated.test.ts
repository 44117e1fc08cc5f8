import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'

const program = join(import.meta.dirname, '../../../harness/cli/isolated.ts')

/** Runs a script through `isolated`, in a process group of its own, as a terminal does. */
function isolated(script: string) {
  const child = spawn(process.execPath, [program, process.execPath, '--eval', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, pid: child.pid ?? 0, exited: once(child, 'exit'), line: async () => (await lines.next()).value }
}

test('the exit code is the program’s own', async () => {
  expect(await isolated('process.exit(7)').exited).toEqual([7, null])
})

test.skipIf(process.platform === 'win32')(
  'Ctrl-C reaches the program once, a signal to the outer one is passed on',
  async () => {
    const { pid, exited, line } = isolated(`
    let count = 0
    process.on('SIGINT', () => console.log('interrupt', ++count))
    process.on('SIGTERM', () => { console.log('term after', count); process.exit(5) })
    setInterval(() => undefined, 1_000)
    console.log('ready')`)
    expect(await line()).toBe('ready')
    process.kill(-pid, 'SIGINT')
    expect(await line()).toBe('interrupt 1')
    process.kill(pid, 'SIGTERM')
    expect(await line()).toBe('term after 1')
    expect(await exited).toEqual([5, null])
  },
)

test.skipIf(process.platform === 'win32')('a program that a signal ended gives 128 and its number', async () => {
  const { pid, exited, line } = isolated(`setInterval(() => undefined, 1_000); console.log('ready')`)
  expect(await line()).toBe('ready')
  process.kill(pid, 'SIGTERM')
  expect(await exited).toEqual([143, null])
})
