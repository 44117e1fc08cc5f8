import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { noContainers, thingsOf } from './engine-here.ts'

describe.skipIf(noContainers !== '')(`lines that are not well, in containers${noContainers}`, () => {
  let lab: RunningLandscape
  beforeAll(async () => {
    lab = await startLandscape(
      {
        landscape: 'two-sites',
        sites: { paris: {}, lyon: { delayMs: 30 } },
        hosts: {
          sql1: { site: 'paris', runs: { 'sql-server': { instances: { REPORTS: {} } } } },
          app1: { site: 'paris', runs: { 'password-secure/app-server': {} } },
          license1: {
            site: 'paris',
            aliases: ['license.passwordsafe.de'],
            runs: { 'password-secure/license-server': {} },
          },
          paris1: { site: 'paris', runs: { 'password-secure/client': {} } },
          lyon1: { site: 'lyon', runs: { 'password-secure/client': {} } },
        },
      },
      { engine: 'docker', patienceMs: 1_500 },
    )
  })
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(lab.name)).toEqual([])
  })

  const shake = (from: string) => lab.host(from).probe('tls', { host: 'app1', port: 11_011 })

  test('a caller from another site is as far away as the landscape says', async () => {
    const [near, far] = [await shake('paris1'), await shake('lyon1')]
    expect(near.ok && far.ok).toBe(true)
    // A handshake of TLS 1.3 crosses the line twice, and the relay holds each crossing up: it cannot be quicker.
    expect(far.durationMs).toBeGreaterThanOrEqual(2 * 30)
  })

  test('a server behind the relay knows its callers', async () => {
    const { id } = await lab.inject('delay:from=app1,to=sql1,delayMs=5')
    const before = (await lab.host('sql1').journal()).at(-1)?.sequence ?? 0
    await lab.host('app1').probe('sql', { host: 'sql1', user: 'nobody', password: 'Nothing-2026!' })
    const app = lab.landscape.hosts.find(({ name }) => name === 'app1')?.address
    expect(JSON.stringify(await lab.host('sql1').journal('sql-server', before))).toContain(`"${app}"`)
    await lab.clear(id)
  })

  test('a stall opens the connection and lets not a byte through', async () => {
    const { id } = await lab.inject('stall:from=paris1,to=app1,port=11011')
    const tcp = await lab.host('paris1').probe('tcp', { host: 'app1', port: 11_011 })
    expect(tcp.ok).toBe(true)
    const tls = await shake('paris1')
    expect(tls.ok).toBe(false)
    expect(['client-timer', 'deadline']).toContain(tls.ended)
    await lab.clear(id)
    expect((await shake('paris1')).ok).toBe(true)
  })

  test('a reset is accepted first', async () => {
    const { id } = await lab.inject('reset:from=paris1,to=app1,port=11011')
    expect((await lab.host('paris1').probe('tcp', { host: 'app1', port: 11_011 })).ok).toBe(true)
    expect((await shake('paris1')).error?.code).toBe('ECONNRESET')
    expect((await shake('lyon1')).ok).toBe(true)
    await lab.clear(id)
    expect((await shake('paris1')).ok).toBe(true)
  })

  test('a delay comes and goes', async () => {
    const { id } = await lab.inject('delay:from=paris1,to=app1,delayMs=40')
    expect((await shake('paris1')).durationMs).toBeGreaterThanOrEqual(2 * 40)
    await lab.clear(id)
    expect((await shake('paris1')).ok).toBe(true)
  })

  test('SQL Server Browser answers on UDP 1434 until its port is blocked', async () => {
    const ask = () => lab.host('app1').probe('sql', { server: String.raw`sql1.corp.example\REPORTS` })
    const known = await ask()
    expect(known.error?.code ?? 'ok').not.toMatch(/ETIMEOUT|EINSTLOOKUP|ESOCKET/)
    const { id } = await lab.inject('drop:from=app1,to=sql1,port=1434,protocol=udp')
    expect((await ask()).error?.code).toBe('ETIMEOUT')
    await lab.clear(id)
  })
})
