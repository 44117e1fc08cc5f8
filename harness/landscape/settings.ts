import type { z } from 'zod'
import type { JsonObject } from '../context/json.ts'
import type { Census } from './census.ts'
import type { Fault } from './fault.ts'
import type { KindDescription } from './kind.ts'
import { findPlace } from './place.ts'
import type { Path, Problem } from './problem.ts'
import { schemaProblems } from './schema-problems.ts'
import { unknownSetting, withValueAt } from './setting-path.ts'

/** A setting fault, at the component that it changes. */
export interface SettingChange {
  readonly keys: readonly string[]
  readonly value: unknown
  readonly path: Path
}

/** Component (HOST.KIND) → the setting faults that change it, in order. Reports places that are not there. */
export function settingChanges(
  faults: readonly Fault[],
  kinds: ReadonlyMap<string, KindDescription>,
  census: Census,
  problems: Problem[],
): ReadonlyMap<string, readonly SettingChange[]> {
  const changes = new Map<string, SettingChange[]>()
  for (const [index, fault] of faults.entries()) {
    if (fault.fault !== 'setting' && fault.fault !== 'stop') continue
    const path: Path = ['deviations', index, 'at']
    const place = findPlace(fault.at, census)
    if ('problem' in place) {
      problems.push({ path, part: 'value', text: place.problem })
      continue
    }
    const text = keysProblem(fault, place.keys, kinds.get(place.kind))
    if (text !== undefined) problems.push({ path, part: 'value', text })
    else if (fault.fault === 'setting') {
      const component = `${place.host}.${place.kind}`
      const known = changes.get(component) ?? []
      changes.set(component, [...known, { keys: place.keys, value: fault.value, path: ['deviations', index, 'value'] }])
    }
  }
  return changes
}

function keysProblem(
  fault: Fault & { fault: 'setting' | 'stop' },
  keys: readonly string[],
  kind: KindDescription | undefined,
): string | undefined {
  if (fault.fault === 'stop') return keys.length > 0 ? `"${fault.at}" is not HOST.KIND` : undefined
  if (keys.length === 0) return `"${fault.at}" names no setting; write HOST.KIND.KEY`
  const [key = ''] = keys
  if (kind && Object.hasOwn(kind.references, key)) return `"${key}" is a reference; this fault changes settings only`
  return kind && unknownSetting(kind.settings, {}, keys)
}

/** The settings of a component with defaults and setting faults applied, undefined where they are refused. */
export function resolveSettings(
  schema: z.ZodType,
  written: JsonObject,
  changes: readonly SettingChange[],
  path: Path,
  problems: Problem[],
): JsonObject | undefined {
  const raw = changes.reduce((settings, { keys, value }) => withValueAt(settings, keys, value), written)
  const result = schema.safeParse(raw)
  // Settings are JSON by contract: landscapes travel to containers and into reports.
  if (result.success) return result.data as JsonObject
  for (const problem of schemaProblems(schema, raw, result.error.issues)) {
    const change = changes.findLast(({ keys }) => sharesStart(keys, problem.path))
    if (change) problems.push({ ...problem, path: change.path, part: 'value' })
    else problems.push({ ...problem, path: [...path, ...problem.path] })
  }
  return undefined
}

const sharesStart = (keys: readonly string[], path: Path): boolean =>
  keys.every((key, index) => path.length <= index || path[index] === key)
