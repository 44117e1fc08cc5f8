import { randomUUID } from 'node:crypto'
import type { LicenceState } from './actions.ts'
import { type Refusal, refused } from './refusal.ts'
import type { LicenceSeed } from './settings.ts'

export interface Activation {
  readonly id: string
  readonly server: string
  readonly machineId: string
  readonly at: string
}

interface Licence {
  seed: LicenceSeed
  revoked: boolean
  readonly activations: Map<string, Activation>
}

export interface Machine {
  readonly server: string
  readonly machineId: string
}

export type ActivationResult =
  | { readonly ok: true; readonly activation: Activation; readonly fresh: boolean; readonly licence: LicenceState }
  | Refusal

export type DeactivationResult = { readonly ok: true; readonly licence: LicenceState } | Refusal

// A renamed server and a rebuilt configuration database are both new installations (facts.md 9.1, P19).
const installationOf = ({ server, machineId }: Machine): string => `${server.toLowerCase()}\n${machineId}`

/** What the vendor knows of its licences and where they are activated. */
export class LicenceBook {
  readonly #licences = new Map<string, Licence>()
  readonly #now: () => Date
  readonly #maxLicences: number

  constructor(seeds: readonly LicenceSeed[], options: { readonly now: () => Date; readonly maxLicences: number }) {
    this.#now = options.now
    this.#maxLicences = options.maxLicences
    for (const seed of seeds) this.register(seed)
  }

  /** Sets a licence's terms and keeps its activations. Past the limit the oldest licence goes. */
  register(seed: LicenceSeed): LicenceState {
    const known = this.#licences.get(seed.key)
    const licence: Licence = known ?? { seed, revoked: false, activations: new Map() }
    licence.seed = seed
    this.#licences.set(seed.key, licence)
    const [oldest] = this.#licences.keys()
    if (this.#licences.size > this.#maxLicences && oldest !== undefined) this.#licences.delete(oldest)
    return this.#stateOf(licence)
  }

  activate(key: string, machine: Machine): ActivationResult {
    const licence = this.#licences.get(key)
    if (!licence) return refused('unknown-licence')
    const { state } = this.#stateOf(licence)
    if (state === 'revoked') return refused('licence-revoked')
    if (state === 'expired') return refused('licence-expired')
    const installation = installationOf(machine)
    const known = licence.activations.get(installation)
    if (known) return { ok: true, activation: known, fresh: false, licence: this.#stateOf(licence) }
    if (licence.activations.size >= licence.seed.maxActivations) return refused('too-many-activations')
    const { server, machineId } = machine
    const activation: Activation = { id: randomUUID(), server, machineId, at: this.#now().toISOString() }
    licence.activations.set(installation, activation)
    return { ok: true, activation, fresh: true, licence: this.#stateOf(licence) }
  }

  deactivate(key: string, machine: Machine): DeactivationResult {
    const licence = this.#licences.get(key)
    if (!licence) return refused('unknown-licence')
    if (!licence.activations.delete(installationOf(machine))) return refused('not-activated')
    return { ok: true, licence: this.#stateOf(licence) }
  }

  resetCounter(key: string): LicenceState | undefined {
    const licence = this.#licences.get(key)
    licence?.activations.clear()
    return licence && this.#stateOf(licence)
  }

  expire(key: string, at: string): LicenceState | undefined {
    const licence = this.#licences.get(key)
    if (licence) licence.seed = { ...licence.seed, validTo: at }
    return licence && this.#stateOf(licence)
  }

  revoke(key: string): LicenceState | undefined {
    const licence = this.#licences.get(key)
    if (licence) licence.revoked = true
    return licence && this.#stateOf(licence)
  }

  state(key: string): LicenceState | undefined {
    const licence = this.#licences.get(key)
    return licence && this.#stateOf(licence)
  }

  all(): LicenceState[] {
    return [...this.#licences.values()].map((licence) => this.#stateOf(licence))
  }

  #stateOf({ seed, revoked, activations }: Licence): LicenceState {
    const expired = new Date(seed.validTo) <= this.#now()
    return {
      ...seed,
      state: revoked ? 'revoked' : expired ? 'expired' : 'valid',
      activationCount: activations.size,
      activations: [...activations.values()],
    }
  }
}
