/** sys.triggers, sys.trigger_events, sys.sequences and sys.synonyms. */
import type { Cell } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { typeIds } from '../udf/type-ids.ts'
import type { ObjectDef } from './definitions.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>
type ObjectRow = (session: SqlSession, database: SqlDatabase, object: ObjectDef) => Row

/** A number where JSON can carry it, else its text. */
const plain = (value: string | bigint): Cell => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value))

const eventNumbers = { INSERT: 1, UPDATE: 2, DELETE: 3 } as const

export function programmableViews(
  objectColumns: string,
  objectRow: ObjectRow,
): Readonly<Record<string, ViewDeclaration>> {
  return {
    'sys.triggers': [
      'name:name object_id parent_class:tinyint parent_class_desc:n60? parent_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime is_ms_shipped:bit is_disabled:bit is_not_for_replication:bit is_instead_of_trigger:bit',
      (s, d) =>
        [...catalogOf(s, d).objects()].flatMap((object) =>
          object.kind === 'trigger' && object.trigger
            ? [
                {
                  ...objectRow(s, d, object),
                  parent_class: 1,
                  parent_class_desc: 'OBJECT_OR_COLUMN',
                  parent_id: object.trigger.parent,
                  is_disabled: object.trigger.disabled ? 1 : 0,
                  is_not_for_replication: 0,
                  is_instead_of_trigger: object.trigger.instead ? 1 : 0,
                },
              ]
            : [],
        ),
    ],
    'sys.trigger_events': [
      'object_id type type_desc:n60 is_first:bit? is_last:bit? event_group_type:int? event_group_type_desc:n60? is_trigger_event:bit?',
      (s, d) =>
        [...catalogOf(s, d).objects()].flatMap((object) =>
          object.kind === 'trigger' && object.trigger
            ? object.trigger.events.map((event) => ({
                object_id: object.id,
                type: eventNumbers[event],
                type_desc: event,
                is_first: 0,
                is_last: 0,
                is_trigger_event: 1,
              }))
            : [],
        ),
    ],
    'sys.sequences': [
      `${objectColumns} start_value:variant increment:variant minimum_value:variant? maximum_value:variant? is_cycling:bit? is_cached:bit? cache_size:int? system_type_id:tinyint user_type_id precision:tinyint scale:tinyint? current_value:variant is_exhausted:bit last_used_value:variant?`,
      (s, d) =>
        [...catalogOf(s, d).objects()].flatMap((object) => {
          if (object.kind !== 'sequence') return []
          const last = d.sequences.get(object.id)
          const id = typeIds.get(object.type.name) ?? 0
          return [
            {
              ...objectRow(s, d, object),
              start_value: plain(object.start),
              increment: plain(object.increment),
              minimum_value: plain(object.min),
              maximum_value: plain(object.max),
              is_cycling: object.cycle ? 1 : 0,
              is_cached: object.cache === null ? 0 : 1,
              cache_size: object.cache,
              system_type_id: id,
              user_type_id: id,
              precision: object.type.precision,
              scale: object.type.scale,
              current_value: plain(last ?? object.start),
              is_exhausted: 0,
              last_used_value: last === undefined ? null : plain(last),
            },
          ]
        }),
    ],
    'sys.synonyms': [
      `${objectColumns} base_object_name:name?`,
      (s, d) =>
        [...catalogOf(s, d).objects()].flatMap((object) =>
          object.kind === 'synonym'
            ? [
                {
                  ...objectRow(s, d, object),
                  base_object_name: object.target.map((part) => (part === '' ? '' : `[${part}]`)).join('.'),
                },
              ]
            : [],
        ),
    ],
  }
}
