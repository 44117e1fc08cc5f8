import type { ZodObject } from 'zod'
import type { JsonObject } from '../context/json.ts'

/** How TLS stands on a port: from the first byte, after a command of the protocol, inside it (TDS 7.x), or not at all. */
export type TlsUse = 'none' | 'implicit' | 'starttls' | 'in-protocol'

/** A port that a component opens. `id` names it within its kind, so that flows hold when a landscape moves the port. */
export interface Listen {
  readonly id: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly tls: TlsUse
  readonly purpose: string
}

/** Why a flow is believed to exist. `side` says at which end the requirement names it. */
export type FlowSource =
  | { readonly type: 'requirement'; readonly document: string; readonly line: string; readonly side: 'from' | 'to' }
  | { readonly type: 'vendor'; readonly fact: string }
  | { readonly type: 'assumed'; readonly why: string }

/** In place of a kind: every host has this flow, whatever it runs. */
export const ANY_HOST = '*'

/** A right to talk between two roles (component kinds), at one of the target's listens. */
export interface FlowDeclaration {
  readonly id: string
  /** A kind, or `ANY_HOST`. */
  readonly from: string
  readonly to: string
  /** The listen's id; `tds` also means `tds:NAME`, the same listen of further instances. */
  readonly listen: string
  readonly purpose: string
  readonly sources: readonly FlowSource[]
  /** The flow exists within one host only. */
  readonly sameHost?: boolean
  /** Only components with these settings have it: `{ kind: 'iis' }`. */
  readonly when?: { readonly from?: JsonObject; readonly to?: JsonObject }
}

/** A component's need of another one, given in a landscape file by host name. */
export interface ReferenceDeclaration {
  readonly kind: string
  readonly summary: string
  /** Names one host, or a list of them. */
  readonly many?: boolean
  /**
   * May stay empty. A reference that is left out takes the component of that kind on its own host, else the only one in
   * the landscape; else an optional one stays empty, and any other is an error. One to `many` takes all of that kind.
   * In a landscape file, null leaves an optional one empty.
   */
  readonly optional?: boolean
}

export type ReferenceTable = Readonly<Record<string, ReferenceDeclaration>>

/** What the model needs to know of a component kind: plain descriptions, nothing that runs. */
export interface KindDescription {
  readonly kind: string
  readonly summary: string
  /** Every setting has a default, so that a landscape names only what is special. Objects within should be strict. */
  readonly settings: ZodObject
  readonly references: ReferenceTable
  readonly flows: readonly FlowDeclaration[]
  /**
   * The listen at which every host asks it for names, over UDP and TCP. Where a landscape has such a kind, it stands first. Its
   * actions `answer-wrongly` and `answer-rightly` take the landscape's `dns-answer` faults.
   */
  readonly nameServer?: string
  /** The listen at which it serves the landscape's revocation lists by HTTP: leaves say so, where a landscape has such a kind. */
  readonly revocationLists?: string
  listens(settings: JsonObject): readonly Listen[]
}
