import type { z } from 'zod'
import type { ClientEnvironment } from '../clients/environment.ts'
import type { HostClients } from '../clients/index.ts'
import type { Observation } from './observation.ts'

/** What a probe works with: one host's clients and its view of the network. */
export interface ProbeEnvironment {
  readonly host: string
  readonly network: ClientEnvironment
  readonly clients: HostClients
  now(): Date
}

/** One question, asked from a host. It answers with an observation, also when everything fails. */
export interface Probe<I extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly summary: string
  readonly input: I
  run(environment: ProbeEnvironment, input: z.output<I>, signal: AbortSignal): Promise<Observation>
}

/** A probe of which only the shape is known: what a registry holds. */
export type AnyProbe = Omit<Probe, 'run'> & {
  run(environment: ProbeEnvironment, input: never, signal: AbortSignal): Promise<Observation>
}
