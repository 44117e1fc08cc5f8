import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../harness/context/random.ts'
import { startHostContainer } from '../../harness/engines/docker/host-container.ts'
import { hostImage } from '../../harness/engines/docker/images/door.ts'
import { PROCESS_LABEL, RUN_LABEL } from '../../harness/engines/docker/labels.ts'
import { makeRunNetwork } from '../../harness/engines/docker/run-network.ts'
import { sweepRun } from '../../harness/engines/docker/sweep.ts'
import { docker, noContainers, thingsOf } from './engine-here.ts'

const signal = new AbortController().signal

/** Runs of this process's own, beside others. */
const DEAD = `dies-at-start-${process.pid}`
const LATE = `late-${process.pid}`
const KILLED = `killed-${process.pid}`

describe.skipIf(noContainers !== '')(`however it ends, nothing is left${noContainers}`, () => {
  /** A host's container that starts another program than a host's. */
  async function startOther(run: string, entry: string, readyMs: number): Promise<unknown> {
    const engine = await docker()
    const image = await hostImage(engine, { signal, progress: () => {} })
    const labels = { [RUN_LABEL]: run }
    const network = await makeRunNetwork(engine, {
      ...{ name: run, labels, hosts: ['app1'], signal },
      random: seededRandom(7),
    })
    try {
      return await startHostContainer(engine, {
        ...{ name: `${run}-app1`, host: 'app1', network, labels, listens: [], names: new Map(), domain: '' },
        image: { ...image, entry },
        tokenDigest: '00',
        readyMs,
      })
    } finally {
      expect(await engine.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${run}`] } })).toEqual([])
      await sweepRun(engine, run)
      expect(await thingsOf(run)).toEqual([])
    }
  }

  test('a container that dies at start is told of with its last words', async () => {
    await expect(startOther(DEAD, '/opt/landscape-lab/nothing-here.ts', 60_000)).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(
        /^the container of app1 did not start: it ended with exit code 1[\s\S]*Cannot find module [\s\S]*nothing-here\.ts/,
      ),
    })
  })

  test('a container that never gets ready is told of with its last words', async () => {
    const program = `--eval=console.log('waiting for a disk'); setInterval(() => {}, 1000)`
    await expect(startOther(LATE, program, 10_000)).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(
        /^the container of app1 did not start: it was not ready within 10000 ms \(LANDSCAPE_CONTAINER_READY_MS .+\); the last that it wrote:\nwaiting for a disk$/,
      ),
    })
  })

  test('kill -9 in the middle of a start', async () => {
    const engine = await docker()
    const events = await engine.getEvents({ filters: { type: ['container', 'network'] } })
    const lines = createInterface({ input: events })
    const command = ['harness/cli/landscape.js', 'up', '--engine', 'docker', '--name', KILLED]
    const child = spawn(process.execPath, command, { stdio: 'ignore' })
    let network = ''
    for await (const line of lines) {
      const { Type, Action, Actor } = JSON.parse(line)
      const name = String(Actor?.Attributes?.name ?? '')
      if (!name.startsWith(`landscape-lab-${KILLED}-`)) continue
      if (Type === 'network' && Action === 'create') network = name
      // Others are being made at this moment.
      if (Type === 'container' && Action === 'start') child.kill('SIGKILL')
      if (Type === 'network' && Action === 'destroy' && name === network) break
    }
    expect(child.killed).toBe(true)
    expect(await thingsOf(KILLED)).toEqual([])
    expect(readdirSync(tmpdir()).filter((file) => file.startsWith(`landscape-lab.${child.pid}.`))).toEqual([])
  })

  test('Ctrl-C in the middle of a start', async () => {
    const engine = await docker()
    const events = await engine.getEvents({ filters: { type: ['container'], label: [PROCESS_LABEL] } })
    const lines = createInterface({ input: events })
    const command = ['harness/cli/landscape.js', 'verify', '--engine', 'docker']
    const child = spawn(process.execPath, command, { stdio: 'ignore' })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    let run = ''
    for await (const line of lines) {
      const { Action, Actor } = JSON.parse(line)
      if (Action !== 'start' || Actor.Attributes[PROCESS_LABEL] !== String(child.pid)) continue
      run = Actor.Attributes[RUN_LABEL]
      break
    }
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(await thingsOf(run)).toEqual([])
  })
})
