import type { Json, JsonObject } from '../context/json.ts'
import { ANY_HOST, type FlowDeclaration, type FlowSource, type KindDescription, type Listen } from './kind.ts'
import type { ComponentSpec, Flow } from './landscape.ts'

/** What stands at an end of a flow: a component, or a host as such. */
type FlowEnd = Pick<ComponentSpec, 'host' | 'kind' | 'settings' | 'listens'>

/**
 * The concrete flows: for each declaration, from every host that runs its source to every host that runs its target.
 * Several declarations of the same from, to and port give one flow, with the sources of all.
 */
export function concreteFlows(
  hosts: readonly string[],
  components: readonly ComponentSpec[],
  kinds: readonly KindDescription[],
): Flow[] {
  const byKind = Map.groupBy<string, FlowEnd>(components, ({ kind }) => kind)
  byKind.set(
    ANY_HOST,
    hosts.map((host) => ({ host, kind: ANY_HOST, settings: {}, listens: [] })),
  )
  const flows = new Map<string, Flow>()
  for (const declaration of kinds.flatMap((kind) => kind.flows)) {
    const { from, to, when, sameHost } = declaration
    const sources = (byKind.get(from) ?? []).filter(({ settings }) => matches(settings, when?.from))
    const targets = (byKind.get(to) ?? []).filter(({ settings }) => matches(settings, when?.to))
    const targetsByHost = sameHost ? Map.groupBy(targets, ({ host }) => host) : undefined
    for (const source of sources) {
      for (const target of targetsByHost ? (targetsByHost.get(source.host) ?? []) : targets) {
        add(flows, declaration, source, target)
      }
    }
  }
  return [...flows.values()]
}

function add(flows: Map<string, Flow>, flow: FlowDeclaration, source: FlowEnd, target: FlowEnd): void {
  // A listen that the target's settings switch off is no flow.
  for (const listen of target.listens) {
    if (listen.id === flow.listen || listen.id.startsWith(`${flow.listen}:`))
      addOne(flows, flow, source, target, listen)
  }
}

function addOne(
  flows: Map<string, Flow>,
  flow: FlowDeclaration,
  source: FlowEnd,
  target: FlowEnd,
  listen: Listen,
): void {
  const key = `${source.host} ${target.host} ${listen.port} ${listen.protocol}`
  const known = flows.get(key)
  if (known) {
    flows.set(key, { ...known, sources: joined(known.sources, flow.sources) })
    return
  }
  flows.set(key, {
    id: flow.id,
    from: source.host,
    fromKind: source.kind,
    to: target.host,
    toKind: target.kind,
    port: listen.port,
    protocol: listen.protocol,
    tls: listen.tls,
    purpose: flow.purpose,
    sources: flow.sources,
  })
}

/** Both lists, each source once. */
export function joined(some: readonly FlowSource[], more: readonly FlowSource[]): readonly FlowSource[] {
  const known = new Set(some.map((source) => JSON.stringify(source)))
  const added = more.filter((source) => !known.has(JSON.stringify(source)))
  return added.length === 0 ? some : [...some, ...added]
}

/** Whether the settings have everything that the pattern names, objects within compared the same way. */
export const matches = (settings: JsonObject, pattern: JsonObject | undefined): boolean =>
  pattern === undefined || Object.entries(pattern).every(([key, wanted]) => equal(settings[key], wanted))

function equal(value: Json | undefined, wanted: Json | undefined): boolean {
  if (isObject(wanted)) return isObject(value) && matches(value, wanted)
  return JSON.stringify(value) === JSON.stringify(wanted)
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
