import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, has, run } from '../support/programs.ts'
import { noContainers, thingsOf } from './engine-here.ts'

const isRoot = process.getuid?.() === 0
/** A start in containers may take its time on a loaded machine. */
const MOST_MS = 120_000
const landscape = (...args: string[]): Promise<Ended> =>
  run(process.execPath, ['harness/cli/landscape.js', ...args], MOST_MS)

/** A run of this process's own, beside others. */
const NAME = `command-line-${process.pid}`

describe.skipIf(noContainers !== '')(`a landscape in containers that is up${noContainers}`, () => {
  beforeAll(async () => {
    const up = await landscape('up', 'password-secure', '--engine', 'docker', '--detach', '--name', NAME)
    expect(up.exitCode, up.output).toBe(0)
    expect(up.stdout).toContain('engine docker')
    expect(up.stdout).toMatch(/web1 +web-server +443 +implicit +127\.0\.0\.1:\d+/)
  })
  afterAll(async () => {
    expect((await landscape('down', '--run', NAME)).exitCode).toBe(0)
    expect(await thingsOf(NAME)).toEqual([])
  })

  const canExec = process.platform === 'linux' && isRoot && has('curl')
  test.skipIf(!canExec)('exec runs a program of this machine in the network of a host (root, curl)', async () => {
    const curl = (host: string, url: string) =>
      landscape(
        'exec',
        '--run',
        NAME,
        host,
        '--',
        'curl',
        '-sS',
        '-m',
        '2',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        url,
      )
    expect(await curl('client1', 'https://web1.corp.example/')).toMatchObject({ exitCode: 0, stdout: '200' })
    // curl's own codes: 7 could not connect, 28 timed out, 6 could not resolve.
    expect((await curl('client1', 'https://app1.corp.example:11016/')).exitCode).toBe(7)
    expect((await curl('client1', 'https://elsewhere.example/')).exitCode).toBe(6)
    await landscape('inject', '--run', NAME, 'drop:from=client1,to=web1,port=443')
    expect((await curl('client1', 'https://web1.corp.example/')).exitCode).toBe(28)
    expect((await curl('client2', 'https://web1.corp.example/')).exitCode).toBe(0)
    await landscape('clear', '--run', NAME, 'all')
    expect((await curl('client1', 'https://web1.corp.example/')).exitCode).toBe(0)
  })

  test('env says where to look instead, and what is of the embedded engine alone is refused', async () => {
    const env = await landscape('env', '--run', NAME, 'client1', '--for', 'curl')
    expect(env).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('landscape exec client1') })
    const isolated = await landscape('up', '--engine', 'docker', '--isolated')
    expect(isolated).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--isolated is for the embedded') })
  })
})
