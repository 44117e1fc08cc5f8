import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hostImage } from '../../../../harness/engines/docker/images/door.ts'
import type { Dockerode } from '../../../../harness/engines/docker/runtime-client.ts'
import { whyNoEngine } from '../../../../harness/engines/docker/why-no-engine.ts'
import { run } from '../../../support/programs.ts'

const isWindows = process.platform === 'win32'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'no-engine-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test.skipIf(isWindows)('verify on a machine without an engine says so and exits with 3', async () => {
  const socket = join(folder(), 'docker.sock')
  const command = `DOCKER_HOST=unix://${socket} exec "$0" harness/cli/landscape.js verify --engine docker`
  const { exitCode, stderr } = await run('/bin/sh', ['-c', command, process.execPath])
  expect(stderr).toContain(`error: no Docker engine answers: there is no ${socket}; install an engine`)
  expect(exitCode).toBe(3)
})

test.skipIf(isWindows)('tells an engine that is down from one that is there', async () => {
  const path = join(folder(), 'docker.sock')
  const before = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = `unix://${path}`
  onTestFinished(() => {
    if (before === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = before
  })
  expect(await whyNoEngine()).toContain('install an engine')
  const server = createServer((socket) => socket.destroy())
  server.listen(path)
  await once(server, 'listening')
  expect(await whyNoEngine()).toBeUndefined()
  server.close()
  process.env.DOCKER_HOST = 'tcp://engine.corp.example:2375'
  expect(await whyNoEngine()).toContain('tcp://engine.corp.example:2375')
})

test('an engine without our images is told how to get them', async () => {
  const engine = { listImages: async () => [] } as unknown as Dockerode
  const wanted = hostImage(engine, { signal: new AbortController().signal, progress: () => {} })
  await expect(wanted).rejects.toMatchObject({
    code: 'start-failed',
    message: expect.stringContaining('landscape images build --offline'),
  })
})
