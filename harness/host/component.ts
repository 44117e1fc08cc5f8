import type { z } from 'zod'
import type { JsonObject } from '../context/json.ts'
import type { Realness } from '../context/realness.ts'
import type {
  FlowDeclaration,
  KindDescription,
  Listen,
  ReferenceDeclaration,
  ReferenceTable,
} from '../landscape/kind.ts'
import type { WantedImage } from './beside.ts'
import type { ComponentHost } from './component-host.ts'

/** A control action of a component: data in, data out, both checked where they cross. */
export interface ActionDeclaration {
  readonly summary: string
  readonly input: z.ZodObject
  readonly output: z.ZodType
}

export type ActionTable = Readonly<Record<string, ActionDeclaration>>

export type ActionHandlers<A extends ActionTable> = {
  readonly [K in keyof A]: (
    input: z.output<A[K]['input']>,
    signal: AbortSignal,
  ) => z.input<A[K]['output']> | Promise<z.input<A[K]['output']>>
}

/** The other end of a reference, as the component that needs it sees it. */
export interface ReferredComponent {
  readonly host: string
  readonly fqdn: string
  readonly address: string
  readonly kind: string
  readonly settings: JsonObject
  readonly listens: readonly Listen[]
}

export type ReferredComponents<R extends ReferenceTable> = {
  readonly [K in keyof R]: R[K] extends { readonly many: true }
    ? readonly ReferredComponent[]
    : R[K] extends { readonly optional: true }
      ? ReferredComponent | undefined
      : ReferredComponent
}

/** What a component is started with. */
export interface ComponentStart<S extends z.ZodObject, R extends ReferenceTable> {
  readonly host: ComponentHost
  readonly settings: z.output<S>
  readonly references: ReferredComponents<R>
}

/** A component at work. Disposing it closes its data plane and everything that it started; it is idempotent. */
export interface RunningComponent<A extends ActionTable = ActionTable> extends AsyncDisposable {
  readonly actions: ActionHandlers<A>
  /** Simulated where it says nothing. */
  readonly realness?: Realness
  /** What its program has done until now is in the journal afterwards. For programs that tell it by a log. */
  settle?(): Promise<void>
}

/**
 * What must be done at a referred component before this one starts, as the administrator would do it: an account, a
 * licence. Run through the referred component's actions, so that it works on every engine. Must be repeatable.
 */
export interface Provision {
  readonly reference: string
  readonly action: string
  readonly input: JsonObject
}

/** A component kind: one value, exported by its mock. The framework knows products only through these. */
export interface ComponentKind<
  S extends z.ZodObject = z.ZodObject,
  R extends ReferenceTable = ReferenceTable,
  A extends ActionTable = ActionTable,
> {
  readonly kind: string
  readonly summary: string
  readonly settings: S
  readonly references: R
  readonly actions: A
  readonly flows: readonly FlowDeclaration[]
  /** The listen at which every host asks it for names, over UDP and TCP. Where a landscape has such a kind, it stands first. */
  readonly nameServer?: string
  /** The listen at which it serves the landscape's revocation lists by HTTP: leaves say so, where a landscape has such a kind. */
  readonly revocationLists?: string
  listens(settings: z.output<S>): readonly Listen[]
  provisions?(settings: z.output<S>, host: { readonly name: string; readonly fqdn: string }): readonly Provision[]
  /** Images of vendors that a component with these settings runs, where an engine can. */
  images?(settings: z.output<S>): readonly WantedImage[]
  /** Loads what `start` loads first: for an engine that brings the host up before the component may start. */
  load?(): Promise<unknown>
  start(start: ComponentStart<S, R>): Promise<RunningComponent<A>>
}

/** A kind of which only the shape is known: what a registry holds. */
// Method parameters of each kind differ, so the registry's element type must accept them all.
export type AnyComponentKind = Omit<KindDescription, 'listens'> & {
  readonly actions: ActionTable
  listens(settings: never): readonly Listen[]
  provisions?(settings: never, host: { readonly name: string; readonly fqdn: string }): readonly Provision[]
  images?(settings: never): readonly WantedImage[]
  load?(): Promise<unknown>
  start(start: never): Promise<RunningComponent>
}

/** Declares a component kind; gives its parts their types. */
export const defineComponent = <
  const S extends z.ZodObject,
  const R extends Readonly<Record<string, ReferenceDeclaration>>,
  const A extends ActionTable,
>(
  kind: ComponentKind<S, R, A>,
): ComponentKind<S, R, A> => kind

/**
 * The kinds by name, for types only: each mock adds itself, so that `role.call('login', …)` is typed in scenarios and
 * tests that never import the mock.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging in the mocks
export interface ComponentKinds {}
