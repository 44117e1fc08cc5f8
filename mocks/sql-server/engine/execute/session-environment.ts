import type { DataType } from '../../tds/data-type.ts'
import type { Name } from '../../tsql/ast.ts'
import type { Environment, Resolved } from '../binder/environment.ts'
import { systemView } from '../catalog/system-view.ts'
import { errors } from '../errors.ts'
import type { Frame } from '../session/frame.ts'
import { isLocalTemporary } from '../session/temporary-name.ts'
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
  home: SqlDatabase = session.elsewhere ?? session.database,
  variables?: ReadonlyMap<string, DataType>,
): Environment {
  const lookAt = (database: SqlDatabase) => {
    const catalog = catalogOf(session, database)
    sources.catalogs.set(database, catalog.stamp)
    return catalog
  }
  const find = (database: SqlDatabase, schema: string, object: string) => {
    const catalog = lookAt(database)
    return schema === ''
      ? (catalog.object(session.defaultSchema(database), object) ?? catalog.object('dbo', object))
      : catalog.object(schema, object)
  }
  const environmentOf = (database: SqlDatabase) => sessionEnvironment(session, frame, sources, database, variables)
  return {
    database: home.name,
    collation: home.collation,
    options: {
      ansiNulls: session.settings.switches.has('ANSI_NULLS'),
      concatNullYieldsNull: session.settings.switches.has('CONCAT_NULL_YIELDS_NULL'),
    },
    variable: (name) => (variables ? variables.get(name.toLowerCase()) : frame.variables.get(name.toLowerCase())?.type),
    tableVariable: (name) => {
      sources.temporary = true
      return frame.tables.get(name.toLowerCase())
    },
    resolve(name, line): Resolved {
      const [object = '', schema = '', databaseName = ''] = [...name].reverse()
      if (name.length > 3) throw errors.noObject(name.join('.'), line)
      if (isLocalTemporary(object)) {
        sources.temporary = true
        const table = session.temporary(object)
        if (!table) throw errors.noObject(object, line)
        return { kind: 'table', table, database: 'tempdb', sql: `temp."t${table.id}"` }
      }
      const image = schema === '' ? frame.trigger?.images.get(object.toLowerCase()) : undefined
      if (image) {
        sources.temporary = true
        return { kind: 'table', table: image, database: home.name, sql: `temp."t${image.id}"` }
      }
      const database = databaseName === '' ? home : session.openableDatabase(databaseName, name, line)
      const view = systemView(schema, object, database.name)
      if (view) return { kind: 'system', view, database: database.name }
      const found = find(database, schema, object)
      if (found?.kind === 'synonym') return environmentOf(database).resolve(found.target, line)
      if (found?.kind === 'view')
        return {
          kind: 'view',
          view: found,
          database: database.name,
          environment: environmentOf(database),
        }
      if (found?.kind !== 'table') throw errors.noObject(displayName(name), line)
      if (database === session.database)
        return { kind: 'table', table: found, database: database.name, sql: `main."t${found.id}"` }
      session.attach(database)
      return { kind: 'table', table: found, database: database.name, sql: `"d${database.id}"."t${found.id}"` }
    },
    functionOf(name) {
      const [object = '', schema = '', databaseName = ''] = [...name].reverse()
      if (name.length > 3) return undefined
      const database = databaseName === '' ? home : session.instance.findDatabase(databaseName)
      if (!database) return undefined
      const found = find(database, schema, object)
      if (found?.kind === 'synonym') return environmentOf(database).functionOf(found.target)
      return found?.kind === 'function' ? { module: found, environment: environmentOf(database) } : undefined
    },
    sequenceOf(name, line) {
      const [object = '', schema = '', databaseName = ''] = [...name].reverse()
      const database = databaseName === '' ? home : session.openableDatabase(databaseName, name, line)
      const found = find(database, schema, object)
      if (found?.kind === 'synonym') return environmentOf(database).sequenceOf(found.target, line)
      if (found?.kind !== 'sequence') throw errors.noObject(displayName(name), line)
      return { sequence: found, database: database.name }
    },
    withVariables: (given) => sessionEnvironment(session, frame, sources, home, given),
  }
}

const displayName = (name: Name): string => name.filter((part, i) => part !== '' || i > 0).join('.')
