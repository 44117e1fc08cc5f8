import { describe, expect, test, vi } from 'vitest'
import { PUBLISHER_VARIABLE } from '../../harness/engines/docker/publisher.ts'
import { startLandscape } from '../../harness/standard.ts'
import { ownListeners } from '../support/own-listeners.ts'
import { missing, run } from '../support/programs.ts'
import { docker, noContainers } from './engine-here.ts'

const spec = {
  landscape: `published-${process.pid}`,
  hosts: { dns1: { runs: { 'dns-server': {} } }, mail1: { runs: { 'smtp-server': {} } } },
}

async function start(publisher: 'harness' | 'engine') {
  vi.stubEnv(PUBLISHER_VARIABLE, publisher)
  try {
    return await startLandscape(spec, { engine: 'docker' })
  } finally {
    vi.unstubAllEnvs()
  }
}

/** `127.0.0.1:33012`, for each port that the engine publishes. */
async function publishedByEngine(name: string): Promise<readonly string[]> {
  const engine = await docker()
  const containers = await engine.listContainers({ filters: { name: [name] } })
  const inspected = await Promise.all(containers.map(({ Id }) => engine.getContainer(Id).inspect()))
  return inspected.flatMap(({ NetworkSettings: { Ports } }) =>
    Object.values(Ports).flatMap((bindings) => (bindings ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`)),
  )
}

describe.skipIf(noContainers !== '')(`ports are published on loopback alone${noContainers}`, () => {
  test('by the harness where it reaches the containers', async () => {
    const before = ownListeners().length
    await using lab = await start('harness')
    expect(await publishedByEngine(lab.name)).toEqual([])
    const addresses = ownListeners()
    expect(addresses.filter((address) => !address.startsWith('127.'))).toEqual([])
    const tcp = lab.endpoints('operator').filter(({ protocol }) => protocol === 'tcp')
    expect(addresses.length - before).toBeGreaterThanOrEqual(tcp.length)
  })

  test('by the engine where that is asked for', async () => {
    await using lab = await start('engine')
    const published = await publishedByEngine(lab.name)
    const wanted = lab.endpoints('operator').map(({ address, seenPort }) => `${address}:${seenPort}`)
    expect(published).toEqual(expect.arrayContaining(wanted))
    expect(published.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([])
  })

  test.skipIf(missing('dig') !== undefined).for(['harness', 'engine'] as const)(
    `dig and a mail client reach what the %s publishes${missing('dig') ?? ''}`,
    async (publisher) => {
      await using lab = await start(publisher)
      const at = (host: string, port: number, protocol: 'tcp' | 'udp') =>
        lab
          .endpoints('operator')
          .find((endpoint) => endpoint.to === host && endpoint.port === port && endpoint.protocol === protocol)
          ?.seenPort ?? 0
      const question = [`mail1.${lab.landscape.domain}`, '+short', '+tries=1']
      const udp = await run('dig', ['@127.0.0.1', '-p', String(at('dns1', 53, 'udp')), '+notcp', ...question])
      const tcp = await run('dig', ['@127.0.0.1', '-p', String(at('dns1', 53, 'tcp')), '+tcp', ...question])
      expect(udp.stdout).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/)
      expect(tcp.stdout).toBe(udp.stdout)
      expect(await lab.host('operator').probe('smtp', { host: 'mail1', port: 25 })).toMatchObject({ ok: true })
    },
  )
})
