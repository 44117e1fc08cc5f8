import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, messageOf } from '../../harness/context/error.ts'
import { imagePlan } from '../../harness/engines/docker/images/build.ts'
import { noContainers } from './engine-here.ts'
import { noSmallEngine, type SmallEngine, startSmallEngine } from './small-engine.ts'

const LANDSCAPE = join(import.meta.dirname, '../../harness/cli/landscape.js')
const ONE_HOST = 'landscape: one-host\nhosts:\n  mail1: { runs: { smtp-server: {} } }\n'
const FILES = 1_000
const ADVICE = String.raw`no space left on device.+\(the engine's disk is full: docker system df shows .+\)\n$`

const reason = noContainers || (noSmallEngine ?? '')
const started =
  reason === '' ? await startSmallEngine().catch((error: unknown) => ` (skipped: ${messageOf(error)})`) : reason
const skipped = typeof started === 'string' ? started : ''

describe.skipIf(skipped !== '')(`an engine whose disk is full${skipped}`, () => {
  let engine: SmallEngine
  beforeAll(async () => {
    if (typeof started === 'string') return
    engine = started
    // Nothing is ever started of it: the images only have to be there.
    const { names } = imagePlan('landscape-lab/base:empty')
    await engine.makeImage(Object.values(names), { 'landscape-lab.image': 'base' })
    writeFileSync(join(engine.dataFolder, 'one-host.yaml'), ONE_HOST)
  })
  afterAll(() => engine?.[Symbol.asyncDispose]())

  const verify = () =>
    new Promise<{ exitCode: unknown; stderr: string }>((resolve) => {
      const args = [LANDSCAPE, 'verify', join(engine.dataFolder, 'one-host.yaml'), '--engine', 'docker']
      const env = { ...process.env, DOCKER_HOST: engine.url }
      execFile(process.execPath, args, { env }, (error, _, stderr) => resolve({ exitCode: error?.code ?? 0, stderr }))
    })

  const expectNothingLeft = async () => {
    expect(await engine.ask('ps', '--all', '--quiet')).toBe('')
    expect(await engine.ask('network', 'ls', '--quiet', '--filter', 'label=landscape-lab.run')).toBe('')
    expect(await engine.ask('volume', 'ls', '--quiet')).toBe('')
  }

  test('no byte is free: no network can be made', async () => {
    const filler = join(engine.dataFolder, 'filler')
    untilFull(() => writeFileSync(filler, Buffer.alloc(65_536), { flag: 'a' }))
    untilFull(() => writeFileSync(filler, Buffer.alloc(1_024), { flag: 'a' }))
    expect(await verify()).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(new RegExp(`^error: the landscape's network could not be made: .+${ADVICE}`)),
    })
    await expectNothingLeft()
    rmSync(filler)
  })

  test('no file can be made: no container can be', async () => {
    await engine.limitFiles(FILES)
    const many = join(engine.dataFolder, 'many')
    mkdirSync(many)
    untilFull((count) => writeFileSync(join(many, String(count)), ''))
    expect(await verify()).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(new RegExp(`^error: the container of mail1 did not start: .+${ADVICE}`)),
    })
    await expectNothingLeft()
  })
})

/** Does something until the file system has no room for it. */
function untilFull(write: (count: number) => void): void {
  for (let count = 0; ; count++) {
    try {
      write(count)
    } catch (error) {
      if (codeOf(error) === 'ENOSPC') return
      throw error
    }
  }
}
