import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Holding } from './cycles.ts'
import { ownFolders } from './own-folders.ts'

const LANDSCAPE = 'password-secure'

// What V8 compiles because it runs often lies in the heap as well, and is nothing that a landscape leaves.
const NO_COMPILING = ['--no-opt', '--no-maglev', '--no-sparkplug']

test('after 200 times up and down a process holds what it held after the first', { timeout: 600_000 }, async () => {
  await using folders = await ownFolders()
  const child = fork(join(import.meta.dirname, 'cycles.ts'), [LANDSCAPE, '1', '20', '200'], {
    execArgv: ['--expose-gc', ...NO_COMPILING],
    env: folders.env,
  })
  const told: Holding[] = []
  child.on('message', (message) => told.push(message as Holding)) // our own cycles.ts is the only sender
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  const [first, twentieth, last] = told
  if (!first || !twentieth || !last) throw new Error(`the process told ${told.length} times`)
  expect(last.handles).toEqual(first.handles)
  expect(last.descriptors).toBe(first.descriptors)
  expect(last.files).toEqual(first.files)
  expect(last.heapBytes / twentieth.heapBytes).toBeLessThan(1.05)
})
