import type { Name } from '../../tsql/ast.ts'
import type { Environment, Resolved } from '../binder/environment.ts'
import { systemView } from '../catalog/system-view.ts'
import { errors } from '../errors.ts'
import type { Frame } from '../session/frame.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { catalogOf } from './execution.ts'

/** Where a plan came from: it holds as long as these stand. */
export interface PlanSources {
  readonly catalogs: Map<SqlDatabase, number>
  temporary: boolean
}

/** The names that a statement of this session can use; notes what it looked at. */
export function sessionEnvironment(
  session: SqlSession,
  frame: Frame,
  sources: PlanSources,
  home: SqlDatabase = session.database,
): Environment {
  const lookAt = (database: SqlDatabase) => {
    const catalog = catalogOf(session, database)
    sources.catalogs.set(database, catalog.stamp)
    return catalog
  }
  return {
    database: home.name,
    collation: home.collation,
    variable: (name) => frame.variables.get(name.toLowerCase())?.type,
    tableVariable: (name) => {
      sources.temporary = true
      return frame.tables.get(name.toLowerCase())
    },
    resolve(name, line): Resolved {
      const [object = '', schema = '', databaseName = ''] = [...name].reverse()
      if (name.length > 3) throw errors.noObject(name.join('.'), line)
      if (object.startsWith('#')) {
        sources.temporary = true
        const table = session.temporary(object)
        if (!table) throw errors.noObject(object, line)
        return { kind: 'table', table, database: 'tempdb', sql: `temp."t${table.id}"` }
      }
      const database = databaseName === '' ? home : session.openableDatabase(databaseName, name, line)
      const view = systemView(schema, object)
      if (view) return { kind: 'system', view, database: database.name }
      const catalog = lookAt(database)
      const found =
        schema === ''
          ? (catalog.object(session.defaultSchema(database), object) ?? catalog.object('dbo', object))
          : catalog.object(schema, object)
      if (found?.kind === 'view')
        return {
          kind: 'view',
          view: found,
          database: database.name,
          environment: sessionEnvironment(session, frame, sources, database),
        }
      if (found?.kind !== 'table') throw errors.noObject(displayName(name), line)
      if (database === session.database)
        return { kind: 'table', table: found, database: database.name, sql: `main."t${found.id}"` }
      session.attach(database)
      return { kind: 'table', table: found, database: database.name, sql: `"d${database.id}"."t${found.id}"` }
    },
  }
}

const displayName = (name: Name): string => name.filter((part, i) => part !== '' || i > 0).join('.')
