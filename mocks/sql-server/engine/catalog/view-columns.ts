/** The names of a view's columns, by binding its query. */
import { parseBatch } from '../../tsql/parser.ts'
import { Binder } from '../binder/binder.ts'
import { bindQuery } from '../binder/query.ts'
import { sessionEnvironment } from '../execute/session-environment.ts'
import { newFrame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { withSession } from '../udf/running-session.ts'
import type { ObjectDef } from './definitions.ts'

export function viewColumnNames(session: SqlSession, database: SqlDatabase, view: ObjectDef): readonly string[] {
  if (view.kind !== 'view') return []
  const [statement] = parseBatch(view.text, view.quotedIdentifier)
  if (statement?.kind !== 'createModule' || !statement.query) return []
  const { query, columns } = statement
  if (columns) return columns
  const frame = newFrame({ depth: 0, done: 'done', quotedIdentifier: view.quotedIdentifier })
  const environment = sessionEnvironment(session, frame, { catalogs: new Map(), temporary: false }, database)
  return withSession(session, () => bindQuery(new Binder(environment), query)).columns.map((column) => column.name)
}
