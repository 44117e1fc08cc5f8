import { z } from 'zod'
import type { Observation } from '../../../harness/probes/index.ts'
import { standardProbes } from '../../../harness/probes/index.ts'
import type { Lab } from '../clients/lab.ts'

/** Asks a probe as the host runtime does: input parsed by the probe's own schema. */
export function ask(
  lab: Lab,
  name: string,
  input: Record<string, unknown>,
  signal = new AbortController().signal,
): Promise<Observation> {
  const probe = standardProbes.get(name)
  if (!probe) throw new Error(`no probe ${name}`)
  const environment = {
    host: lab.environment.host,
    network: lab.environment,
    clients: lab.clients,
    now: () => new Date('2026-01-02T03:04:05Z'),
  }
  const parsed = probe.input.safeParse(input)
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
  return probe.run(environment, parsed.data as never, signal) // made to this probe's own declaration
}

/** How an attempt ended, in one line: `peer · undici · ECONNREFUSED · connect ECONNREFUSED 127.0.0.1:PORT`. */
export function ending(observation: Observation, port: number): string {
  const { ended, error } = observation
  const parts = [ended, error?.client, error?.code ?? '-', error?.text.trim(), ...(error?.ours ? ['ours'] : [])]
  return observation.ok ? ended : parts.join(' · ').replaceAll(String(port), 'PORT')
}
