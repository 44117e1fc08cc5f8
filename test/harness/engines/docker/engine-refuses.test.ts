import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type EngineAnswer, type EngineDoubleOptions, engineDouble } from '../../../support/engine-double.ts'
import { has } from '../../../support/programs.ts'

const LANDSCAPE = join(import.meta.dirname, '../../../../harness/cli/landscape.js')
const ONE_HOST = 'landscape: one-host\nhosts:\n  mail1: { runs: { smtp-server: {} } }\n'
const isRoot = process.getuid?.() === 0

interface Refused {
  readonly exitCode: unknown
  readonly stderr: string
}

/** `landscape verify --engine docker` of one host at an engine, by whoever `as` makes of this user. */
async function verify(engine: string, as: readonly string[] = []): Promise<Refused> {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-refused-'))
  try {
    const file = join(folder, 'one-host.yaml')
    writeFileSync(file, ONE_HOST)
    const [program = '', ...args] = [...as, process.execPath, LANDSCAPE, 'verify', file, '--engine', 'docker']
    const env = { ...process.env, DOCKER_HOST: engine, LANDSCAPE_STATE: join(folder, 'state') }
    return await new Promise((resolve) => {
      execFile(program, args, { env }, (error, _stdout, stderr) => resolve({ exitCode: error?.code ?? 0, stderr }))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function verifyAt(options: EngineDoubleOptions): Promise<Refused & { readonly asked: readonly string[] }> {
  await using engine = await engineDouble(options)
  return { ...(await verify(engine.url)), asked: [...engine.asked] }
}

const refusing =
  (pattern: RegExp, message: string) =>
  (request: string): EngineAnswer | undefined =>
    pattern.test(request) ? { status: 500, body: { message } } : undefined

const oneLine = (pattern: RegExp) => expect.stringMatching(new RegExp(`^error: ${pattern.source}\\n$`))

describe.skipIf(process.platform === 'win32')('an engine that refuses (skipped on Windows: no Unix sockets)', () => {
  test('no Docker: the socket is not there', async () => {
    expect(await verify('unix:///nowhere/docker.sock')).toEqual({
      exitCode: 3,
      stderr: oneLine(/no Docker engine answers: there is no \/nowhere\/docker\.sock; install an engine .+/),
    })
  })

  // Root is above a file's rights unless it gives that up.
  const as = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : []
  test.skipIf(isRoot && !has('setpriv'))('no permission on the socket (root needs setpriv)', async () => {
    await using engine = await engineDouble({ images: true })
    engine.close()
    expect(await verify(engine.url, as)).toEqual({
      exitCode: 3,
      stderr: oneLine(/no Docker engine answers: this user may not use .+; be root, or join its group .+/),
    })
  })

  test('what listens there is no engine', async () => {
    const refused = await verifyAt({ images: true, refuses: () => ({ status: 400, body: { message: 'no' } }) })
    expect(refused).toEqual({ exitCode: 3, stderr: oneLine(/no Docker engine answers: .+/), asked: [] })
  })

  test('no image', async () => {
    const refused = await verifyAt({ images: false })
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: oneLine(
        /the engine has no image for hosts: make it with "landscape images build" .+"landscape images build --offline".+/,
      ),
    })
    expectRemoved(refused.asked)
  })

  test('a published port is taken', async () => {
    const said =
      'driver failed programming external connectivity: Bind for 127.0.0.1:40001 failed: port is already allocated'
    const refused = await verifyAt({ images: true, refuses: refusing(/^POST .+\/start/, said) })
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: oneLine(
        /the container of mail1 did not start: .+127\.0\.0\.1:40001 failed: port is already allocated.+\(another program listens .+\)/,
      ),
    })
    expectRemoved(refused.asked)
  })

  test.each(['containers', 'networks'])('its disk is full: %s', async (what) => {
    const said = 'mkdir /var/lib/docker/1: no space left on device'
    const refused = await verifyAt({ images: true, refuses: refusing(new RegExp(`^POST /${what}/create`), said) })
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: oneLine(/.+no space left on device.+\(the engine's disk is full: docker system df shows .+\)/),
    })
    expectRemoved(refused.asked)
  })
})

/** Whatever it was asked to make it was asked to remove, the network last. */
function expectRemoved(asked: readonly string[]): void {
  const made = asked.filter((request) => request.endsWith('/create'))
  const removed = asked.filter((request) => request.startsWith('DELETE '))
  expect(removed.map((request) => request.replace(/[^/]+$/, ''))).toEqual(
    made.toReversed().map((request) => `DELETE ${request.slice('POST '.length, -'create'.length)}`),
  )
}
