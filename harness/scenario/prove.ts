import type { CaseResult } from '../context/events.ts'
import type { JsonObject } from '../context/json.ts'
import type { Fault } from '../landscape/fault.ts'
import { faultBetweenHosts } from './case-roles.ts'
import type { Case } from './cases.ts'
import { runCase } from './run-case.ts'
import type { Stage } from './stage.ts'

/** The fault with which a landscape must be started to break a case; undefined where a control action breaks it. */
export function breakingFault(played: Case): Fault | undefined {
  const broken = played.value.brokenBy
  if ('fault' in broken) return faultBetweenHosts(broken, played)
  if ('stop' in broken) return { fault: 'stop', at: placeOf(played, broken.stop) }
  if ('setting' in broken) {
    const [role = '', ...path] = broken.setting.split('.')
    return { fault: 'setting', at: [placeOf(played, role), ...path].join('.'), value: broken.value as never }
  }
  return undefined
}

/** Plays a case on a landscape that `breakingFault` has broken, or breaks it by its control action first. */
export async function runBroken(stage: Stage, played: Case, signal: AbortSignal): Promise<CaseResult> {
  const broken = played.value.brokenBy
  if ('call' in broken) {
    const part = played.parts[broken.call]
    if (part) await stage.host(part.host).call(part.kind, broken.action, broken.input as JsonObject, signal)
  }
  return runCase(stage, played, signal)
}

function placeOf(played: Case, role: string): string {
  const part = played.parts[role]
  return part ? `${part.host}.${part.kind}` : role
}
