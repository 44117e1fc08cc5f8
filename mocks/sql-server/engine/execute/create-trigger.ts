/** Triggers as the catalogue keeps them: made, switched on and off. */
import { hasPermission } from '../../security/permissions.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { TriggerShape } from '../../tsql/programmable-ast.ts'
import type { ModuleDef, ObjectDef, TriggerInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type Place, placeOf } from './place.ts'

export function triggerInfo(
  x: Execution,
  shape: TriggerShape,
  place: Place,
  existing: ObjectDef | undefined,
): TriggerInfo {
  const catalog = catalogOf(x.session, place.database)
  const parent = catalog.object(place.schema, shape.on.at(-1) ?? '')
  const on = shape.on.join('.')
  if (!parent || (parent.kind !== 'table' && parent.kind !== 'view') || !mayAlter(x, place, parent))
    throw new SqlError(8197, 16, 4, `The object '${on}' does not exist or is invalid for this operation.`)
  if (parent.kind === 'view' && !shape.instead)
    throw new SqlError(8197, 16, 6, `The object '${on}' does not exist or is invalid for this operation.`)
  if (shape.instead) {
    for (const other of catalog.objects()) {
      if (other.kind !== 'trigger' || !other.trigger?.instead || other.trigger.parent !== parent.id) continue
      if (other.id === existing?.id) continue
      const clash = shape.events.find((event) => other.trigger?.events.includes(event))
      if (clash)
        throw new SqlError(
          2111,
          16,
          1,
          `Cannot create trigger '${place.name}' on ${parent.kind} '${on}' because an INSTEAD OF ${clash} trigger already exists on this object.`,
        )
    }
  }
  return {
    parent: parent.id,
    instead: shape.instead,
    events: shape.events,
    disabled: existing?.kind === 'trigger' && (existing.trigger?.disabled ?? false),
  }
}

const mayAlter = (x: Execution, place: Place, parent: ObjectDef): boolean =>
  hasPermission(x.session, place.database, 'ALTER', parent)

/** ENABLE and DISABLE TRIGGER, also as ALTER TABLE. */
export async function runEnableTrigger(x: Execution, s: Extract<Statement, { kind: 'enableTrigger' }>): Promise<void> {
  const place = placeOf(x, s.on)
  const catalog = catalogOf(x.session, place.database)
  const parent = catalog.object(place.schema, place.name)
  if (!parent || !mayAlter(x, place, parent)) throw errors.cannotFind('object', s.on.join('.'))
  const own = [...catalog.objects()].filter(
    (object): object is ModuleDef => object.kind === 'trigger' && object.trigger?.parent === parent.id,
  )
  const chosen =
    s.triggers === 'ALL'
      ? own
      : s.triggers.map((name) => {
          const wanted = name.at(-1) ?? ''
          const found = own.find((trigger) => trigger.name.toLowerCase() === wanted.toLowerCase())
          if (!found) throw errors.cannotFind('trigger', name.join('.'))
          return found
        })
  const changed = chosen.flatMap((trigger) =>
    trigger.trigger ? [{ ...trigger, trigger: { ...trigger.trigger, disabled: !s.enable } }] : [],
  )
  if (changed.length > 0)
    await changeCatalog(x, place.database, [], (store) => putEntries(x, place.database, store, changed))
  x.sink.done({ kind: x.frame.done, command: 0xd8 })
}
