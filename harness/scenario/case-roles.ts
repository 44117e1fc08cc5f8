import { type Json, type JsonObject, jsonObjectOf } from '../context/json.ts'
import type { LiveFault } from '../landscape/fault.ts'
import { type ComponentSpec, staysDown } from '../landscape/landscape.ts'
import type { CaseRecorder } from './case-recorder.ts'
import type { CaseUndo } from './case-undo.ts'
import type { Case } from './cases.ts'
import type { RoleFault } from './scenario.ts'
import type { Stage } from './stage.ts'

/** What a scenario calls on a role, before its actions' types are known. */
interface UntypedRole {
  readonly kind: string
  readonly host: string
  readonly fqdn: string
  readonly address: string
  readonly settings: JsonObject
  probe(name: string, input: JsonObject): Promise<unknown>
  call(action: string, input: JsonObject): Promise<Json>
  journal(type?: string): Promise<unknown>
  stop(): Promise<void>
  restart(settings?: JsonObject): Promise<void>
}

/** The roles of a case, playing on a stage. `undo` collects what must be undone when the case ends. */
export function caseRoles(
  stage: Stage,
  { parts }: Case,
  recorder: CaseRecorder,
  undo: CaseUndo,
  signal: AbortSignal,
): Promise<Readonly<Record<string, UntypedRole>>> {
  const restored = new Set<ComponentSpec>()
  const restoreAtEnd = (spec: ComponentSpec) => {
    if (restored.has(spec)) return
    restored.add(spec)
    undo.defer(async () => {
      await stage.host(spec.host).stop(spec.kind)
      if (!staysDown(stage.landscape, spec)) await stage.host(spec.host).start(spec.kind)
    })
  }
  const roleOf = async (spec: ComponentSpec): Promise<UntypedRole> => {
    const host = stage.host(spec.host)
    const model = stage.landscape.hosts.find(({ name }) => name === spec.host)
    const before = (await host.journal()).at(-1)?.sequence ?? 0
    return {
      kind: spec.kind,
      host: spec.host,
      fqdn: model?.fqdn ?? spec.host,
      address: model?.address ?? '',
      settings: spec.settings,
      async probe(name, input) {
        const observation = await host.probe(name, input, signal)
        recorder.keep(jsonObjectOf(observation))
        return observation
      },
      async call(action, input) {
        const answer = await host.call(spec.kind, action, input, signal)
        recorder.keep({ call: `${spec.kind} ${action}`, on: spec.host, input, answer })
        return answer
      },
      async journal(type) {
        const entries = await host.journal(spec.kind, before)
        return type === undefined ? entries : entries.filter((entry) => entry.type === type)
      },
      stop: () =>
        undo.change(async () => {
          restoreAtEnd(spec)
          await host.stop(spec.kind)
        }),
      restart: (settings) =>
        undo.change(async () => {
          restoreAtEnd(spec)
          await host.stop(spec.kind)
          await host.start(spec.kind, settings, signal)
        }),
    }
  }
  return Promise.all(Object.entries(parts).map(async ([role, spec]) => [role, await roleOf(spec)] as const)).then(
    Object.fromEntries,
  )
}

/** A fault between roles becomes one between hosts; a name that is no role is a host's. */
export function faultBetweenHosts(fault: RoleFault, { hosts }: Case): LiveFault {
  const host = (name: string) => hosts[name] ?? name
  if (fault.fault === 'distrust') return { root: 'landscape', ...fault, at: host(fault.at) }
  if (fault.fault === 'cut-site') return fault
  if (fault.fault === 'dns-answer') return fault.from === undefined ? fault : { ...fault, from: host(fault.from) }
  return { ...fault, to: host(fault.to), ...(fault.from === undefined ? {} : { from: host(fault.from) }) }
}
