import { requireObject } from '../../security/permissions.ts'
import type { ConstraintDef } from '../../tsql/ast.ts'
import type { ForeignKeyInfo, TableDef } from '../catalog/definitions.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { requireCascadeTree } from './cascade-paths.ts'
import { catalogOf, type Execution } from './execution.ts'

const columnNames = (table: TableDef, ids: readonly number[]): ReadonlySet<string> =>
  new Set(table.columns.filter((column) => ids.includes(column.id)).map((column) => column.name.toLowerCase()))

export function foreignKey(
  x: Execution,
  table: TableDef,
  def: Extract<ConstraintDef, { kind: 'foreign' }>,
  database: SqlDatabase,
  given: { id: number; name: string },
): ForeignKeyInfo {
  const [object = '', schema = table.schema] = [...def.table].reverse()
  const self =
    object.toLowerCase() === table.name.toLowerCase() &&
    (schema === '' || schema.toLowerCase() === table.schema.toLowerCase())
  const found = self ? table : catalogOf(x.session, database).object(schema || table.schema, object)
  if (found?.kind !== 'table')
    throw new SqlError(1767, 16, 0, `Foreign key '${given.name}' references invalid table '${def.table.join('.')}'.`)
  const primary = found.keys.find((key) => key.kind === 'primary')
  const referenced =
    def.referenced.length > 0
      ? def.referenced.map((name) => {
          const column = found.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
          if (!column)
            throw new SqlError(
              1770,
              16,
              0,
              `Foreign key '${given.name}' references invalid column '${name}' in referenced table '${found.name}'.`,
            )
          return column.id
        })
      : (primary?.columns.map((column) => column.id) ?? [])
  const matches = found.keys.some(
    (key) =>
      key.unique &&
      key.columns.length === referenced.length &&
      key.columns.every((column) => referenced.includes(column.id)),
  )
  if (!matches)
    throw new SqlError(
      1776,
      16,
      0,
      `There are no primary or candidate keys in the referenced table '${def.table.join('.')}' that match the referencing column list in the foreign key '${given.name}'.`,
    )
  if (!self) requireObject(x, database, 'REFERENCES', found, columnNames(found, referenced))
  const columns = def.columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!column)
      throw new SqlError(
        1769,
        16,
        1,
        `Foreign key '${given.name}' references invalid column '${name}' in referencing table '${table.name}'.`,
      )
    return column.id
  })
  requireSameTypes(given.name, table, columns, found, referenced)
  const key: ForeignKeyInfo = {
    ...given,
    columns,
    table: found.id,
    referenced,
    onDelete: def.onDelete,
    onUpdate: def.onUpdate,
    enabled: true,
  }
  const others = [...catalogOf(x.session, database).objects()].filter(
    (object): object is TableDef => object.kind === 'table' && object.id !== table.id,
  )
  requireCascadeTree([...others, { ...table, foreignKeys: [...table.foreignKeys, key] }], table, key)
  return key
}

const sized = new Set(['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary', 'decimal', 'numeric'])

function requireSameTypes(
  name: string,
  table: TableDef,
  columns: readonly number[],
  parent: TableDef,
  referenced: readonly number[],
): void {
  columns.forEach((id, i) => {
    const own = table.columns.find((column) => column.id === id)
    const other = parent.columns.find((column) => column.id === referenced[i])
    if (!own || !other) return
    const pair = (what: string): string =>
      `Column '${parent.name}.${other.name}' is not ${what} as referencing column '${table.name}.${own.name}' in foreign key '${name}'.`
    const [a, b] = [own.type, other.type]
    if (a.name !== b.name && !(isDecimal(a.name) && isDecimal(b.name)))
      throw new SqlError(1778, 16, 0, pair('the same data type'))
    if (sized.has(a.name) && (a.length !== b.length || a.precision !== b.precision || a.scale !== b.scale))
      throw new SqlError(
        1753,
        16,
        0,
        `${pair('the same length or scale')} Columns participating in a foreign key relationship must be defined with the same length and scale.`,
      )
    if (a.collation?.name !== b.collation?.name) throw new SqlError(1757, 16, 0, pair('of same collation'))
  })
}

const isDecimal = (name: string): boolean => name === 'decimal' || name === 'numeric'
