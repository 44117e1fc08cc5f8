import { type Json, type JsonObject, jsonObjectOf } from '../context/json.ts'
import type { LiveFault } from '../landscape/fault.ts'
import { type ComponentSpec, staysDown } from '../landscape/landscape.ts'
import type { CaseRecorder } from './case-recorder.ts'
import type { CaseUndo } from './case-undo.ts'
import type { Case } from './cases.ts'
import type { LateRestores } from './late-restores.ts'
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

/** A case that is being played. */
export interface Playing {
  readonly stage: Stage
  readonly played: Case
  readonly recorder: CaseRecorder
  /** Collects what must be undone when the case ends. */
  readonly undo: CaseUndo
  /** What earlier cases have left, and this one may leave. */
  readonly late: LateRestores | undefined
  readonly signal: AbortSignal
}

export interface CaseRoles {
  readonly roles: Readonly<Record<string, UntypedRole>>
  /** Nothing is left of earlier cases afterwards. */
  asDeclared(): Promise<void>
}

/** The roles of a case, playing on a stage. */
export async function caseRoles({ stage, played, recorder, undo, late, signal }: Playing): Promise<CaseRoles> {
  const hosts = new Set(Object.values(played.parts).map((spec) => spec.host))
  /** By host, the last entry of its journal that is none of this case's. */
  const before = new Map<string, number>()
  const mark = async () => {
    for (const host of hosts) before.set(host, (await stage.host(host).journal()).at(-1)?.sequence ?? 0)
  }
  let declaring: Promise<void> | undefined
  const asDeclared = async () => {
    if (!declaring && (!late || late.none)) return
    // The starts are no part of what this case does.
    declaring ??= (late?.restore() ?? Promise.resolve()).then(mark).finally(() => {
      declaring = undefined
    })
    await declaring
  }
  const restored = new Set<ComponentSpec>()
  const restoreAtEnd = (spec: ComponentSpec) => {
    if (restored.has(spec)) return
    restored.add(spec)
    undo.defer(async () => {
      await stage.host(spec.host).stop(spec.kind)
      if (staysDown(stage.landscape, spec)) return
      if (late) late.leave(spec, played.id)
      else await stage.host(spec.host).start(spec.kind)
    })
  }
  /** The state in which an earlier case left the component does not matter to who stops it. */
  const change = (spec: ComponentSpec, work: () => Promise<void>) =>
    undo.change(async () => {
      if (!late?.takeOver(spec)) await asDeclared()
      restoreAtEnd(spec)
      await work()
    })
  const roleOf = (spec: ComponentSpec): UntypedRole => {
    const host = stage.host(spec.host)
    const model = stage.landscape.hosts.find(({ name }) => name === spec.host)
    return {
      kind: spec.kind,
      host: spec.host,
      fqdn: model?.fqdn ?? spec.host,
      address: model?.address ?? '',
      settings: spec.settings,
      async probe(name, input) {
        await asDeclared()
        const observation = await host.probe(name, input, signal)
        recorder.keep(jsonObjectOf(observation))
        return observation
      },
      async call(action, input) {
        await asDeclared()
        const answer = await host.call(spec.kind, action, input, signal)
        recorder.keep({ call: `${spec.kind} ${action}`, on: spec.host, input, answer })
        return answer
      },
      async journal(type) {
        await asDeclared()
        const entries = await host.journal(spec.kind, before.get(spec.host))
        return type === undefined ? entries : entries.filter((entry) => entry.type === type)
      },
      stop: () => change(spec, () => host.stop(spec.kind)),
      restart: (settings) =>
        change(spec, async () => {
          await host.stop(spec.kind)
          await host.start(spec.kind, settings, signal)
        }),
    }
  }
  await mark()
  const roles = Object.fromEntries(Object.entries(played.parts).map(([role, spec]) => [role, roleOf(spec)]))
  return { roles, asDeclared }
}

/** A fault between roles becomes one between hosts; a name that is no role is a host's. */
export function faultBetweenHosts(fault: RoleFault, { hosts }: Case): LiveFault {
  const host = (name: string) => hosts[name] ?? name
  if (fault.fault === 'distrust') return { root: 'landscape', ...fault, at: host(fault.at) }
  if (fault.fault === 'cut-site') return fault
  if (fault.fault === 'dns-answer') return fault.from === undefined ? fault : { ...fault, from: host(fault.from) }
  return { ...fault, to: host(fault.to), ...(fault.from === undefined ? {} : { from: host(fault.from) }) }
}
