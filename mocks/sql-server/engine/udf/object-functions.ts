/** OBJECT_ID and its kin. */

import type { Cell } from '../../tds/data-type.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { objectKind } from '../catalog/object-kinds.ts'
import { systemView } from '../catalog/system-view.ts'
import { catalogOf } from '../execute/execution.ts'
import { isGlobalTemporary, isLocalTemporary } from '../session/temporary-name.ts'
import type { SqlSession } from '../session.ts'
import { numeric, text } from './session-answer.ts'

/** `[dbo].[t]` and `dbo.t` into parts. */
export function splitName(name: string): string[] {
  if (/^\w+$/.test(name)) return [name]
  const parts = [...name.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]+)|(?<=^|\.)(?=\.|$)/g)]
  return parts.map((match) =>
    (match[1]?.replaceAll(']]', ']') ?? match[2]?.replaceAll('""', '"') ?? match[3] ?? '').trim(),
  )
}

export function objectOf(session: SqlSession, name: string): ObjectDef | undefined {
  const [object = '', schema = '', databaseName = ''] = splitName(name).reverse()
  if (isLocalTemporary(object)) return session.temporary(object) ?? session.temporaryProcedures.get(object)
  const database =
    databaseName === ''
      ? isGlobalTemporary(object)
        ? session.instance.findDatabase('tempdb')
        : session.database
      : session.instance.findDatabase(databaseName)
  if (!database) return undefined
  const catalog = catalogOf(session, database)
  return (
    catalog.object(schema || session.defaultSchema(database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  )
}

export function objectId(session: SqlSession, name: Cell, kind: Cell | undefined): Cell {
  const object = objectOf(session, text(name))
  const wanted = text(kind).trim().toUpperCase()
  if (object) return wanted === '' || wanted === objectKind(object)[0].trim() ? object.id : null
  const [last = '', schema = 'dbo'] = splitName(text(name)).reverse()
  const view = systemView(schema, last)
  if (view) return wanted === '' || wanted === 'V' ? view.id : null
  // Constraints have ids too.
  for (const candidate of catalogOf(session, session.database).objects()) {
    if (candidate.kind !== 'table') continue
    const constraint = [
      ...candidate.keys
        .filter((key) => key.kind !== 'index')
        .map((key) => ({ ...key, code: key.kind === 'primary' ? 'PK' : 'UQ' })),
      ...candidate.checks.map((check) => ({ ...check, code: 'C' })),
      ...candidate.foreignKeys.map((key) => ({ ...key, code: 'F' })),
      ...candidate.columns.flatMap((column) => (column.default ? [{ ...column.default, code: 'D' }] : [])),
    ].find((item) => item.name.toLowerCase() === last.toLowerCase())
    if (constraint && (wanted === '' || wanted === constraint.code)) return constraint.id
  }
  return null
}

export function identityOf(session: SqlSession, name: Cell | undefined, what: 'seed' | 'increment'): Cell {
  const table = objectOf(session, text(name))
  const identity = table?.kind === 'table' ? table.columns.find((column) => column.identity)?.identity : undefined
  return identity ? numeric(identity[what]) : null
}

export function nameOf(session: SqlSession, id: Cell | undefined, what: 'name' | 'schema'): Cell {
  const entry = catalogOf(session, session.database).entry(Number(id))
  return entry && 'schema' in entry ? entry[what] : null
}
