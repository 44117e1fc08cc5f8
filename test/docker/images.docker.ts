import { describe, expect, test } from 'vitest'
import { buildBaseOnline, onlineRecipe } from '../../harness/engines/docker/images/online-base.ts'
import { run } from '../support/programs.ts'
import { docker, noContainers } from './engine-here.ts'

describe.skipIf(noContainers !== '')(`images${noContainers}`, () => {
  test('an official image that cannot be fetched is told with the way that needs no registry', async () => {
    const recipe = onlineRecipe('localhost:1/node:26-slim')
    const built = buildBaseOnline(await docker(), recipe, { signal: new AbortController().signal, progress: () => {} })
    await expect(built).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(
        /could not be made from localhost:1\/node:26-slim: .*landscape images build --offline/s,
      ),
    })
  })

  test('list says of each image who has it and what is in it', async () => {
    const { exitCode, stdout } = await run(process.execPath, ['harness/cli/landscape.js', 'images', 'list', '--json'])
    expect(exitCode).toBe(0)
    const base = JSON.parse(stdout).find(({ name }: { name: string }) => name.startsWith('landscape-lab/base:'))
    expect(base).toMatchObject({
      containers: expect.any(Number),
      usedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      versions: { nginx: expect.stringMatching(/^\d/), node: expect.stringMatching(/^\d/) },
    })
  })
})
