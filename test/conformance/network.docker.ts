import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inNamespace } from '../../harness/network/own-namespace.ts'
import { noContainers } from '../docker/engine-here.ts'
import { type ConformanceClient, clients } from './clients.ts'
import { type EnginePair, expectSame, PATIENCE_MS, reportOf, startPair } from './engine-pair.ts'
import { needsPackets, networkFaults } from './network-faults.ts'
import { noOpenssl, opensslReport } from './openssl-report.ts'

type EngineName = 'docker' | 'embedded'

describe.skipIf(noContainers !== '')(`both engines show clients the same${noContainers}`, () => {
  let pair: EnginePair
  const folder = mkdtempDisposableSync(join(tmpdir(), 'conformance-'))
  const rootOf = (engine: EngineName) => join(folder.path, `${engine}.pem`)
  beforeAll(async () => {
    pair = await startPair()
    for (const engine of ['docker', 'embedded'] as const) {
      writeFileSync(rootOf(engine), await pair[engine].host('client1').trusted())
    }
  })
  afterAll(async () => {
    await pair?.[Symbol.asyncDispose]()
    folder.remove()
  })

  /** What `ask` gives under a fault between a client and its server. */
  async function under<T>(engine: EngineName, fault: string, place: string, ask: () => Promise<T>): Promise<T> {
    const lab = pair[engine]
    const [kind, ...rest] = fault.split(',')
    const injected = fault === 'none' ? undefined : await lab.inject(`${kind}:${[place, ...rest].join(',')}`)
    const seen = await ask()
    if (injected) await lab.clear(injected.id)
    return seen
  }

  const report = (engine: EngineName, fault: string, { from, to, port, probe, input }: ConformanceClient) =>
    under(engine, fault, `from=${from},to=${to},port=${port}`, async () =>
      reportOf(await pair[engine].host(from).probe(probe, input)),
    )

  const shake = (engine: EngineName, fault: string) =>
    under(engine, fault, 'from=client1,to=app1,port=11011', () => {
      const to = { to: 'app1', port: 11_011, servername: 'app1.corp.example', patienceMs: PATIENCE_MS }
      return opensslReport(pair[engine], 'client1', to, rootOf(engine))
    })

  for (const fault of networkFaults) {
    const noPackets =
      needsPackets(fault) && !inNamespace() ? ' (embedded: skipped outside of a network namespace of its own)' : ''

    test.skipIf(noPackets !== '').each(clients)(`${fault}: $client${noPackets}`, async (client) => {
      // What loads at first use is loaded by an attempt that nothing is in the way of.
      for (const engine of ['docker', 'embedded'] as const) await report(engine, 'none', client)
      const inContainers = await report('docker', fault, client)
      expectSame({ fault, client: client.client }, inContainers, await report('embedded', fault, client))
    })

    test.skipIf(noPackets !== '' || noOpenssl !== undefined)(
      `${fault}: openssl s_client${noPackets}${noOpenssl ?? ''}`,
      async () => {
        const inContainers = await shake('docker', fault)
        expectSame({ fault, client: 'openssl' }, inContainers, await shake('embedded', fault))
        if (fault === 'none') expect(inContainers.ok).toBe(true)
      },
    )
  }
})
