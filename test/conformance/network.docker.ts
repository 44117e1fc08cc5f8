import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Observation } from '../../harness/probes/observation.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { noContainers } from '../docker/engine-here.ts'
import { type ConformanceClient, clients, faults } from './clients.ts'

const PATIENCE_MS = 700

/** What a client reported, without what must differ: addresses, and ports that the system gave. */
function reportOf({ ok, ended, error }: Observation) {
  if (ok) return { ok, ended }
  const text = error?.text.replaceAll(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS').replaceAll(/\d+ ?ms/g, 'TIME')
  return { ok, ended, client: error?.client, code: error?.code, text }
}

describe.skipIf(noContainers !== '')(`both engines show clients the same${noContainers}`, () => {
  const labs = new Map<string, RunningLandscape>()
  beforeAll(async () => {
    const options = { patienceMs: PATIENCE_MS, seed: 1 }
    labs.set('docker', await startLandscape('password-secure', { ...options, engine: 'docker' }))
    labs.set('embedded', await startLandscape('password-secure', { ...options, engine: 'embedded' }))
  })
  afterAll(async () => {
    for (const lab of labs.values()) await lab[Symbol.asyncDispose]()
  })

  async function report(engine: string, fault: string, { from, to, port, probe, input }: ConformanceClient) {
    const lab = labs.get(engine)
    if (!lab) throw new Error(`${engine} is not up`)
    const [kind, ...rest] = fault.split(',')
    const injected =
      fault === 'none'
        ? undefined
        : await lab.inject(`${kind}:${[`from=${from},to=${to},port=${port}`, ...rest].join(',')}`)
    const seen = await lab.host(from).probe(probe, input)
    if (injected) await lab.clear(injected.id)
    return reportOf(seen)
  }

  for (const fault of faults) {
    test.each(clients)(`${fault}: $client`, async (client) => {
      // What loads at first use is loaded by an attempt that nothing is in the way of.
      for (const engine of labs.keys()) await report(engine, 'none', client)
      const [inContainers, inProcess] = [await report('docker', fault, client), await report('embedded', fault, client)]
      expect(inContainers).toEqual(inProcess)
    })
  }
})
