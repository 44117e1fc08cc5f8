/** OBJECT_ID and its kin. */

import type { Cell } from '../../tds/data-type.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { definitionText } from '../catalog/definition-text.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { objectKind } from '../catalog/object-kinds.ts'
import { systemView, systemViews } from '../catalog/system-view.ts'
import { catalogOf } from '../execute/execution.ts'
import { isGlobalTemporary, isLocalTemporary } from '../session/temporary-name.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { numeric, text } from './session-answer.ts'

/** `[dbo].[t]` and `dbo.t` into parts. */
export function splitName(name: string): string[] {
  if (/^\w+$/.test(name)) return [name]
  const parts = [...name.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]+)|(?<=^|\.)(?=\.|$)/g)]
  return parts.map((match) =>
    (match[1]?.replaceAll(']]', ']') ?? match[2]?.replaceAll('""', '"') ?? match[3] ?? '').trim(),
  )
}

/** Where a name of one, two or three parts points to. */
function databaseOf(session: SqlSession, name: string): SqlDatabase | undefined {
  return name === '' ? session.database : session.instance.findDatabase(name)
}

export function objectOf(session: SqlSession, name: string): ObjectDef | undefined {
  const [object = '', schema = '', databaseName = ''] = splitName(name).reverse()
  if (isLocalTemporary(object)) return session.temporary(object) ?? session.temporaryProcedures.get(object)
  const database = databaseOf(session, databaseName === '' && isGlobalTemporary(object) ? 'tempdb' : databaseName)
  if (!database) return undefined
  const catalog = catalogOf(session, database)
  return (
    catalog.object(schema || session.defaultSchema(database), object) ??
    (schema === '' ? catalog.object('dbo', object) : undefined)
  )
}

interface Constraint {
  readonly id: number
  readonly name: string
  readonly schema: string
  readonly code: 'PK' | 'UQ' | 'C' | 'F' | 'D'
  /** A check's or a default's. */
  readonly text?: string
}

/** Constraints are objects too, with ids and names of their table's schema. */
function* constraintsOf(catalog: Catalog): Generator<Constraint> {
  for (const table of catalog.objects()) {
    if (table.kind !== 'table') continue
    const { schema } = table
    for (const key of table.keys)
      if (key.kind !== 'index') yield { id: key.id, name: key.name, schema, code: key.kind === 'primary' ? 'PK' : 'UQ' }
    for (const { id, name, text } of table.checks) yield { id, name, schema, code: 'C', text }
    for (const { id, name } of table.foreignKeys) yield { id, name, schema, code: 'F' }
    for (const column of table.columns) if (column.default) yield { ...column.default, schema, code: 'D' }
  }
}

export function objectId(session: SqlSession, name: Cell, kind: Cell | undefined): Cell {
  const object = objectOf(session, text(name))
  const wanted = text(kind).trim().toUpperCase()
  if (object) return wanted === '' || wanted === objectKind(object)[0].trim() ? object.id : null
  const [last = '', schema = '', databaseName = ''] = splitName(text(name)).reverse()
  const view = systemView(schema || 'dbo', last)
  if (view) return wanted === '' || wanted === 'V' ? view.id : null
  const database = databaseOf(session, databaseName)
  if (!database) return null
  const schemas = (schema ? [schema] : [session.defaultSchema(database), 'dbo']).map((each) => each.toLowerCase())
  for (const constraint of constraintsOf(catalogOf(session, database)))
    if (constraint.name.toLowerCase() === last.toLowerCase() && schemas.includes(constraint.schema.toLowerCase()))
      return wanted === '' || wanted === constraint.code ? constraint.id : null
  return null
}

export function identityOf(session: SqlSession, name: Cell | undefined, what: 'seed' | 'increment'): Cell {
  const table = objectOf(session, text(name))
  const identity = table?.kind === 'table' ? table.columns.find((column) => column.identity)?.identity : undefined
  return identity ? numeric(identity[what]) : null
}

/** OBJECT_NAME and OBJECT_SCHEMA_NAME, of the current database's or another one's object. */
export function nameOf(
  session: SqlSession,
  id: Cell | undefined,
  databaseId: Cell | undefined,
  what: 'name' | 'schema',
): Cell {
  const database =
    databaseId === undefined
      ? session.database
      : session.instance.databases().find((candidate) => candidate.id === Number(databaseId))
  if (!database) return null
  const catalog = catalogOf(session, database)
  const wanted = Number(id)
  const entry = catalog.entry(wanted)
  if (entry) return 'schema' in entry ? entry[what] : null
  for (const view of systemViews()) if (view.id === wanted) return view[what]
  for (const constraint of constraintsOf(catalog)) if (constraint.id === wanted) return constraint[what]
  return null
}

/** OBJECT_DEFINITION: a module's text, or a check's or default's in the product's form. */
export function definitionOf(session: SqlSession, id: number): Cell {
  const catalog = catalogOf(session, session.database)
  const entry = catalog.entry(id)
  if (entry) return 'text' in entry ? entry.text || null : null
  for (const constraint of constraintsOf(catalog))
    if (constraint.id === id) return constraint.text === undefined ? null : definitionText(constraint.text)
  return null
}

/** COL_NAME, of views and functions too. */
export function columnNameOf(session: SqlSession, id: number, column: number): Cell {
  const entry = catalogOf(session, session.database).entry(id)
  if (entry?.kind !== 'table' && entry?.kind !== 'view' && entry?.kind !== 'function') return null
  return columnsOfObject(session, session.database, entry).find((candidate) => candidate.id === column)?.name ?? null
}
