import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { namespaceSupport } from '../../harness/engines/embedded/namespace.ts'
import { noContainers } from '../docker/engine-here.ts'
import { missing, run } from '../support/programs.ts'
import { expectSame } from './differences.ts'
import { type EnginePair, startPair } from './engine-pair.ts'
import { heldConnection } from './held-connection.ts'
import { icmpFaults, nameFaults, networkFaults } from './network-faults.ts'
import { type Report, reportsUnder } from './reports.ts'

/** Whom clients ask, in the order in which they need one another. */
const servers = [
  ['sql1', 'sql-server'],
  ['mail1', 'smtp-server'],
  ['app1', 'password-secure/app-server'],
  ['web1', 'web-server'],
] as const

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const { available, reason } = await namespaceSupport()
const noIcmp = available
  ? (missing('nft') ?? '')
  : ` (skipped: no network namespace for the embedded engine: ${reason})`

describe.skipIf(noContainers !== '')(`both engines show clients the same${noContainers}`, () => {
  let pair: EnginePair
  beforeAll(async () => {
    pair = await startPair()
    // What loads at first use is loaded by attempts that nothing is in the way of.
    for (const { lab, rootFile } of [pair.docker, pair.embedded]) await reportsUnder(lab, 'none', rootFile)
  })
  afterAll(() => pair?.[Symbol.asyncDispose]())

  test.each([...networkFaults, ...nameFaults])('%s', async (fault) => {
    const { docker, embedded } = pair
    const [inContainers, inProcess] = await Promise.all([
      reportsUnder(docker.lab, fault, docker.rootFile),
      reportsUnder(embedded.lab, fault, embedded.rootFile),
    ])
    expectSame(fault, inContainers, inProcess)
    if (fault === 'none') expect(Object.values(inContainers).filter(({ ok }) => !ok).length).toBeLessThan(3)
  })

  test.each(['rst', 'fin'])('a connection that is held is cut, with %s', async (end) => {
    const fault = `cut:from=client1,to=app1,port=11018,with=${end}`
    const told = await heldConnection(pair.docker.lab, fault)
    expect(told).toEqual(await heldConnection(pair.embedded.lab, fault))
  })

  test('components that do not run', async () => {
    for (const { lab } of [pair.docker, pair.embedded]) {
      for (const [host, kind] of servers.toReversed()) await lab.host(host).stop(kind)
    }
    const inContainers = await reportsUnder(pair.docker.lab, 'none', pair.docker.rootFile)
    expectSame('stop', inContainers, await reportsUnder(pair.embedded.lab, 'none', pair.embedded.rootFile))
    expect(Object.values(inContainers).filter(({ ok }) => ok)).toEqual([])
    for (const { lab } of [pair.docker, pair.embedded]) {
      for (const [host, kind] of servers) await lab.host(host).start(kind)
    }
  })

  describe.skipIf(noIcmp !== '')(`refused with ICMP${noIcmp}`, () => {
    let inProcess: Record<string, Readonly<Record<string, Report>>>
    beforeAll(async () => {
      const program = [pathOf('../../harness/cli/isolated.ts'), 'node', pathOf('embedded-reports.ts')]
      const { stdout, output } = await run(process.execPath, [...program, 'none', ...icmpFaults], 120_000)
      expect(stdout, output).toMatch(/^\{/)
      inProcess = JSON.parse(stdout)
    })

    test.each(icmpFaults)('%s', async (fault) => {
      const { lab, rootFile } = pair.docker
      // Through JSON as well, which has no undefined.
      const inContainers: Record<string, Report> = JSON.parse(JSON.stringify(await reportsUnder(lab, fault, rootFile)))
      expectSame(fault, inContainers, inProcess[fault] ?? {})
    })
  })
})
