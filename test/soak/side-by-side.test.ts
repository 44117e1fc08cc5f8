import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Held } from './hold-up.ts'
import { type OwnFolders, ownFolders } from './own-folders.ts'

const LANDSCAPE = 'password-secure'

/** A process that holds a landscape up. Disposing it lets go and waits for its end. */
async function held(folders: OwnFolders) {
  const child = fork(join(import.meta.dirname, 'hold-up.ts'), [LANDSCAPE], { env: folders.env })
  const told = await answerOf(child)
  return {
    child,
    told,
    ask(): Promise<Held> {
      child.send('knock')
      return answerOf(child)
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function answerOf(child: ChildProcess): Promise<Held> {
  const ended = once(child, 'exit').then(([code, signal]) => Promise.reject(new Error(`it ended: ${code ?? signal}`)))
  const [message] = await Promise.race([once(child, 'message'), ended])
  return message as Held // our own hold-up.ts is the only sender
}

test('the next start sweeps what a killed landscape left, and nothing of one that is up', async () => {
  await using folders = await ownFolders()
  await using first = await held(folders)
  await using second = await held(folders)
  expect(existsSync(second.told.folder)).toBe(true)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  expect(existsSync(first.told.folder)).toBe(true)
  await using third = await held(folders)
  expect(existsSync(first.told.folder)).toBe(false)
  expect(existsSync(second.told.folder)).toBe(true)
  expect((await third.ask()).silent).toEqual([])
})

test('two landscapes stand side by side, and each leaves the other alone', async () => {
  await using folders = await ownFolders()
  await using first = await held(folders)
  {
    await using second = await held(folders)
    const both = await Promise.all([first.ask(), second.ask()])
    expect(both.map(({ silent }) => silent)).toEqual([[], []])
    expect(both[0]?.endpoints).toBeGreaterThan(0)
  }
  expect((await first.ask()).silent).toEqual([])
  await first[Symbol.asyncDispose]()
  expect(readdirSync(folders.temporary)).toEqual([])
})
