import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { PROCESS_LABEL, RUN_LABEL } from '../../harness/engines/docker/labels.ts'
import { startLandscape } from '../../harness/standard.ts'
import { docker, noContainers, thingsOf } from './engine-here.ts'

const SMALL = {
  landscape: `beside-${process.pid}`,
  hosts: { mail1: { runs: { 'smtp-server': {} } } },
}

test.skipIf(noContainers !== '')(`a run that is killed leaves the one beside it alone${noContainers}`, async () => {
  await using lab = await startLandscape(SMALL, { engine: 'docker' })
  const reached = () => lab.host('operator').probe('tcp', { host: 'mail1', port: 25 })
  const before = await thingsOf(lab.name)
  const engine = await docker()
  const events = await engine.getEvents({ filters: { type: ['container', 'network'] } })
  // It starts with a sweep of what dead runs have left, and is swept itself.
  const command = ['harness/cli/landscape.js', 'verify', '--engine', 'docker']
  const child = spawn(process.execPath, command, { stdio: 'ignore' })
  let run: string | undefined
  for await (const line of createInterface({ input: events })) {
    const { Type, Action, Actor } = JSON.parse(line)
    const labels = Actor?.Attributes ?? {}
    if (Type === 'container' && Action === 'start' && labels[PROCESS_LABEL] === String(child.pid)) {
      run ??= String(labels[RUN_LABEL])
      child.kill('SIGKILL')
    }
    if (Type === 'network' && Action === 'destroy' && labels.name === run) break
  }
  expect(await thingsOf(run ?? '')).toEqual([])
  expect(await thingsOf(lab.name)).toEqual(before)
  expect(before).toHaveLength(2)
  expect(await reached()).toMatchObject({ ok: true })
})
