import type { z } from 'zod'
import type { JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { ActionTable, ComponentKinds } from '../host/component.ts'
import type { CutEnd, Rejection, RootName, wrongAnswers } from '../landscape/fault.ts'
import type { Landscape } from '../landscape/landscape.ts'
import type { Observation } from '../probes/observation.ts'
import type { Expect } from './expect.ts'

/** Names a component kind that some mock has added to `ComponentKinds`. */
export type KindName = keyof ComponentKinds & string

/** Which hosts can play a role. */
export type RoleSpec =
  | KindName
  | {
      readonly kind: KindName
      /** Only where another role refers to it: `app.database`. */
      readonly via?: string
      /** Only on the host that plays the named role. */
      readonly sameHostAs?: string
      /** Not on the host that plays the named role. */
      readonly otherThan?: string
      /** Only with these settings; of an object within, what is named of it. */
      readonly where?: JsonObject
      /** One case is enough: the first host that fits. */
      readonly first?: true
    }

export type RoleTable = Readonly<Record<string, RoleSpec>>

type KindOf<R extends RoleSpec> = R extends KindName
  ? R
  : R extends { readonly kind: infer K extends KindName }
    ? K
    : never

type ActionsOf<K extends KindName> = ComponentKinds[K] extends { readonly actions: infer A extends ActionTable }
  ? A
  : ActionTable

/** A component that plays a role: everything asked of it is data in, data out. */
export interface Role<K extends KindName = KindName> {
  readonly kind: K
  readonly host: string
  readonly fqdn: string
  /** The model's address. */
  readonly address: string
  readonly settings: JsonObject
  /** Asks a question from this host. The observation is kept as evidence of the step. */
  probe(name: string, input: JsonObject): Promise<Observation>
  /** Calls a control action of the component. */
  call<N extends keyof ActionsOf<K> & string>(
    action: N,
    input: z.input<ActionsOf<K>[N]['input']>,
  ): Promise<z.output<ActionsOf<K>[N]['output']>>
  /** What the component has written since the case began, of the given type if one is named. */
  journal(type?: string): Promise<readonly JournalEntry[]>
  stop(): Promise<void>
  /** Starts the component (again), with some settings changed if given; what the case changed is undone when it ends. */
  restart(settings?: JsonObject): Promise<void>
}

interface Between {
  readonly from?: string
  readonly to: string
  readonly port?: number
  /** Left out: both. */
  readonly protocol?: 'tcp' | 'udp'
}

/** A live fault between roles (or hosts): `from`, `to` and `at` may name roles. */
export type RoleFault =
  | (Between & { readonly fault: 'stall' })
  | (Between & { readonly fault: 'drop'; readonly lost?: 'all' | 'answers' })
  | (Between & { readonly fault: 'reject'; readonly with?: Rejection })
  | (Between & { readonly fault: 'cut'; readonly with?: CutEnd; readonly afterBytes?: number })
  | (Between & { readonly fault: 'rate'; readonly bytesPerSecond: number })
  /** The landscape's name servers answer wrongly. */
  | {
      readonly fault: 'dns-answer'
      readonly answer: (typeof wrongAnswers)[number]
      readonly name?: string
      readonly from?: string
      readonly data?: string
    }
  /** Nothing passes the border of a site. */
  | { readonly fault: 'cut-site'; readonly site: string }
  | (Between & { readonly fault: 'reset'; readonly afterBytes?: number })
  | (Between & { readonly fault: 'delay'; readonly delayMs: number })
  | (Between & { readonly fault: 'open'; readonly port: number })
  /** The host's trust store is without a root: the organisation's own when nothing is said. */
  | { readonly fault: 'distrust'; readonly at: string; readonly root?: RootName }

/** What makes a scenario red: the proof that it can fail is kept as a test. */
export type Break =
  | RoleFault
  /** A setting of a role's component: `web.certificate.defect`. */
  | { readonly setting: string; readonly value: Json }
  /** The role's component does not run. */
  | { readonly stop: string }
  /** A control action, called before the scenario runs. */
  | { readonly call: string; readonly action: string; readonly input: JsonObject }

export interface ScenarioTools {
  readonly landscape: Landscape
  readonly expect: Expect
  /** Names a part of the story; its outcome and evidence stand in the report. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>
  /** Keeps something in the report beside what probes saw. Secrets are masked. */
  evidence(facts: JsonObject): void
  /** Changes the landscape until the case ends. */
  inject(fault: RoleFault): Promise<{ clear(): Promise<void> }>
  /** Undoes something when the case ends, whatever happens; last deferred first. */
  defer(undo: () => Promise<unknown>): void
  /** Ends the case as skipped, with the reason. */
  skip(reason: string): never
  readonly signal: AbortSignal
}

export type ScenarioRoles<R extends RoleTable> = { readonly [K in keyof R]: Role<KindOf<R[K]>> }

/** A story with the requirement that it proves: a value, run alike by the command line, vitest and others. */
export interface Scenario<R extends RoleTable = RoleTable> {
  /** Stable and unique: `product/component/what-holds`. */
  readonly id: string
  /** A sentence that says what holds. */
  readonly title: string
  /** `document › section › line`. */
  readonly requirement: string
  /** Every matching set of hosts in a landscape is a case. */
  readonly on: R
  /** Narrows the cases further: a pure question about the landscape and who plays which role. */
  when?(landscape: Landscape, hosts: Readonly<Record<string, string>>): boolean
  readonly brokenBy: Break
  run(context: ScenarioRoles<R> & ScenarioTools): Promise<void>
}

/** A scenario of which only the shape is known: what a list holds. */
export type AnyScenario = Omit<Scenario, 'run'> & { run(context: never): Promise<void> }

/** Declares a scenario; gives its roles their types. */
export const scenario = <const R extends RoleTable>(value: Scenario<R>): Scenario<R> => value
