import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  checkRunName,
  type RunFile,
  readRunFile,
  runFiles,
  runsFolder,
  writeRunFile,
} from '../../../harness/host/run-file.ts'

let state: ReturnType<typeof mkdtempDisposableSync>
const before = process.env.LANDSCAPE_STATE

beforeEach(() => {
  state = mkdtempDisposableSync(join(tmpdir(), 'state-'))
  process.env.LANDSCAPE_STATE = state.path
})
afterEach(() => {
  if (before === undefined) delete process.env.LANDSCAPE_STATE
  else process.env.LANDSCAPE_STATE = before
  state.remove()
})

const run = (name: string, pid = process.pid): RunFile => ({
  name,
  address: '127.0.0.1',
  port: 1,
  token: `token of ${name}`,
  pid,
  startedAt: '2026-01-02T03:04:05Z',
  landscape: 'small',
  engine: 'embedded',
})

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

test('is written for its user alone, read back, and gone when disposed', () => {
  {
    using _file = writeRunFile(run('one'))
    expect(runFiles()).toEqual([run('one')])
    if (process.platform !== 'win32') {
      expect(statSync(join(runsFolder(), 'one.json')).mode & 0o777).toBe(0o600)
      expect(statSync(runsFolder()).mode & 0o777).toBe(0o700)
    }
  }
  expect(readdirSync(runsFolder())).toEqual([])
})

test('runs whose process is gone, and what is no run file, are swept', () => {
  writeRunFile(run('dead', deadPid()))
  writeFileSync(join(runsFolder(), 'garbage.json'), '{"name":"garbage"}')
  writeFileSync(join(runsFolder(), 'half.json'), '{"na')
  writeRunFile(run('alive'))
  expect(runFiles().map(({ name }) => name)).toEqual(['alive'])
  expect(readdirSync(runsFolder())).toEqual(['alive.json'])
})

test('a name is taken while its process lives, free when it is gone, and never a path', () => {
  writeRunFile(run('mine', process.ppid))
  expect(() => writeRunFile(run('mine'))).toThrow(/a run named mine is up already/)
  writeRunFile(run('left', deadPid()))
  writeRunFile(run('left'))
  expect(readRunFile('left')?.pid).toBe(process.pid)
  expect(() => checkRunName('../x')).toThrow(/cannot name a run/)
})

test('disposing leaves the file of somebody who took the name since', () => {
  const first = writeRunFile(run('shared'))
  writeRunFile({ ...run('shared'), token: 'another' })
  first[Symbol.dispose]()
  expect(readRunFile('shared')?.token).toBe('another')
})
