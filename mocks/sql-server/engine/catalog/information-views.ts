import { type Cell, type DataType, familyOf, isUnicode } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { columnsIn, definitionText } from './definition-text.ts'
import type { ColumnInfo, ObjectDef, TableDef } from './definitions.ts'
import { columnsOfObject } from './module-shape.ts'
import { lengthInCharacters, octets } from './object-views.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const tables = (s: SqlSession, d: SqlDatabase): TableDef[] =>
  [...catalogOf(s, d).objects()].filter((object) => object.kind === 'table')

/** What the views of INFORMATION_SCHEMA say of a type. */
export function typeFacts(type: DataType): Row {
  const family = familyOf(type)
  const exact = family === 'integer' || family === 'exact'
  const sized = { type }
  return {
    DATA_TYPE: type.name,
    CHARACTER_MAXIMUM_LENGTH: lengthInCharacters(sized),
    CHARACTER_OCTET_LENGTH: octets(sized),
    NUMERIC_PRECISION: type.name === 'bit' ? null : exact || family === 'approximate' ? type.precision : null,
    NUMERIC_PRECISION_RADIX: type.name === 'bit' ? null : exact ? 10 : family === 'approximate' ? 2 : null,
    NUMERIC_SCALE: exact && type.name !== 'bit' ? type.scale : null,
    DATETIME_PRECISION: family === 'temporal' ? (type.name === 'date' ? 0 : type.scale) : null,
    CHARACTER_SET_NAME: family === 'text' && type.name !== 'xml' ? (isUnicode(type) ? 'UNICODE' : 'iso_1') : null,
    COLLATION_NAME: family === 'text' && type.name !== 'xml' ? (type.collation?.name ?? null) : null,
  }
}

const columnRow = (d: SqlDatabase, object: ObjectDef, column: ColumnInfo, at: number): Row => ({
  ...typeFacts(column.type),
  TABLE_CATALOG: d.name,
  TABLE_SCHEMA: object.schema,
  TABLE_NAME: object.name,
  COLUMN_NAME: column.name,
  ORDINAL_POSITION: at + 1,
  COLUMN_DEFAULT: column.default ? definitionText(column.default.text) : null,
  IS_NULLABLE: column.nullable ? 'YES' : 'NO',
})

interface Constraint {
  readonly name: string
  readonly kind: string
  readonly columns: readonly number[]
}

const constraintsOf = (table: TableDef): Constraint[] => [
  ...table.keys
    .filter((key) => key.kind !== 'index')
    .map((key) => ({
      name: key.name,
      kind: key.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE',
      columns: key.columns.map((column) => column.id),
    })),
  ...table.foreignKeys.map((key) => ({ name: key.name, kind: 'FOREIGN KEY', columns: key.columns })),
  ...table.checks.map((check) => ({ name: check.name, kind: 'CHECK', columns: [] })),
]

const nameOf = (table: TableDef, id: number): string => table.columns.find((column) => column.id === id)?.name ?? ''
const place = (d: SqlDatabase, table: TableDef, name: string): Row => ({
  CONSTRAINT_CATALOG: d.name,
  CONSTRAINT_SCHEMA: table.schema,
  CONSTRAINT_NAME: name,
  TABLE_CATALOG: d.name,
  TABLE_SCHEMA: table.schema,
  TABLE_NAME: table.name,
})

const usage =
  'CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name'
const keyColumns = (s: SqlSession, d: SqlDatabase): Row[] =>
  tables(s, d).flatMap((table) =>
    constraintsOf(table).flatMap((constraint) =>
      constraint.columns.map(
        (id, i): Row => ({
          ...place(d, table, constraint.name),
          COLUMN_NAME: nameOf(table, id),
          ORDINAL_POSITION: i + 1,
        }),
      ),
    ),
  )

/** The columns that checks speak of. */
const checkColumns = (s: SqlSession, d: SqlDatabase): Row[] =>
  tables(s, d).flatMap((table) =>
    table.checks.flatMap((check) => {
      const used = columnsIn(check.text)
      return table.columns
        .filter((column) => used.has(column.name.toLowerCase()))
        .map((column): Row => ({ ...place(d, table, check.name), COLUMN_NAME: column.name }))
    }),
  )

export const informationViews: Readonly<Record<string, ViewDeclaration>> = {
  'INFORMATION_SCHEMA.TABLES': [
    'TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name TABLE_TYPE:n60?',
    (s, d) =>
      [...catalogOf(s, d).objects()]
        .filter((object) => object.kind === 'table' || object.kind === 'view')
        .map((object) => ({
          TABLE_CATALOG: d.name,
          TABLE_SCHEMA: object.schema,
          TABLE_NAME: object.name,
          TABLE_TYPE: object.kind === 'table' ? 'BASE TABLE' : 'VIEW',
        })),
  ],
  'INFORMATION_SCHEMA.COLUMNS': [
    'TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name COLUMN_NAME:name? ORDINAL_POSITION:int? COLUMN_DEFAULT:text? IS_NULLABLE:n60? DATA_TYPE:name? CHARACTER_MAXIMUM_LENGTH:int? CHARACTER_OCTET_LENGTH:int? NUMERIC_PRECISION:tinyint? NUMERIC_PRECISION_RADIX:smallint? NUMERIC_SCALE:int? DATETIME_PRECISION:smallint? CHARACTER_SET_CATALOG:name? CHARACTER_SET_SCHEMA:name? CHARACTER_SET_NAME:name? COLLATION_CATALOG:name? COLLATION_SCHEMA:name? COLLATION_NAME:name? DOMAIN_CATALOG:name? DOMAIN_SCHEMA:name? DOMAIN_NAME:name?',
    (s, d) =>
      [...catalogOf(s, d).objects()]
        .filter((object) => object.kind === 'table' || object.kind === 'view')
        .flatMap((object) => columnsOfObject(s, d, object).map((column, i) => columnRow(d, object, column, i))),
  ],
  'INFORMATION_SCHEMA.SCHEMATA': [
    'CATALOG_NAME:name? SCHEMA_NAME:name SCHEMA_OWNER:name? DEFAULT_CHARACTER_SET_CATALOG:v6? DEFAULT_CHARACTER_SET_SCHEMA:v3? DEFAULT_CHARACTER_SET_NAME:name?',
    (s, d) =>
      [
        ...[...catalogOf(s, d).schemas()].map((schema) => [schema.name, schema.owner]),
        ['INFORMATION_SCHEMA', 'INFORMATION_SCHEMA'],
        ['sys', 'sys'],
        ...[...catalogOf(s, d).principals()]
          .filter((role) => role.role && role.fixed && role.name !== 'public')
          .map((role) => [role.name, role.name]),
      ].map(([name, owner]) => ({
        CATALOG_NAME: d.name,
        SCHEMA_NAME: name,
        SCHEMA_OWNER: owner,
        DEFAULT_CHARACTER_SET_NAME: 'iso_1',
      })),
  ],
  'INFORMATION_SCHEMA.VIEWS': [
    'TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name VIEW_DEFINITION:text? CHECK_OPTION:n60? IS_UPDATABLE:n60',
    (s, d) =>
      [...catalogOf(s, d).objects()].flatMap((object) =>
        object.kind === 'view'
          ? [
              {
                TABLE_CATALOG: d.name,
                TABLE_SCHEMA: object.schema,
                TABLE_NAME: object.name,
                VIEW_DEFINITION: object.text || null,
                CHECK_OPTION: 'NONE',
                IS_UPDATABLE: 'NO',
              },
            ]
          : [],
      ),
  ],
  'INFORMATION_SCHEMA.TABLE_CONSTRAINTS': [
    `${usage} CONSTRAINT_TYPE:n60? IS_DEFERRABLE:n60 INITIALLY_DEFERRED:n60`,
    (s, d) =>
      tables(s, d).flatMap((table) =>
        constraintsOf(table).map(
          (constraint): Row => ({
            ...place(d, table, constraint.name),
            CONSTRAINT_TYPE: constraint.kind,
            IS_DEFERRABLE: 'NO',
            INITIALLY_DEFERRED: 'NO',
          }),
        ),
      ),
  ],
  'INFORMATION_SCHEMA.KEY_COLUMN_USAGE': [
    'CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name COLUMN_NAME:name? ORDINAL_POSITION',
    keyColumns,
  ],
  'INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE': [
    'TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name COLUMN_NAME:name? CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name',
    (s, d) => [...keyColumns(s, d), ...checkColumns(s, d)],
  ],
  'INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE': [
    'TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name',
    (s, d) =>
      tables(s, d).flatMap((table) => constraintsOf(table).map((constraint) => place(d, table, constraint.name))),
  ],
  'INFORMATION_SCHEMA.CHECK_CONSTRAINTS': [
    'CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name CHECK_CLAUSE:text?',
    (s, d) =>
      tables(s, d).flatMap((table) =>
        table.checks.map(
          (check): Row => ({
            CONSTRAINT_CATALOG: d.name,
            CONSTRAINT_SCHEMA: table.schema,
            CONSTRAINT_NAME: check.name,
            CHECK_CLAUSE: definitionText(check.text),
          }),
        ),
      ),
  ],
  'INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS': [
    'CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name UNIQUE_CONSTRAINT_CATALOG:name? UNIQUE_CONSTRAINT_SCHEMA:name? UNIQUE_CONSTRAINT_NAME:name? MATCH_OPTION:n60? UPDATE_RULE:n60? DELETE_RULE:n60?',
    (s, d) =>
      tables(s, d).flatMap((table) =>
        table.foreignKeys.map((key): Row => {
          const parent = catalogOf(s, d).table(key.table)
          const unique = parent?.keys.find(
            (candidate) =>
              candidate.unique &&
              candidate.columns.length === key.referenced.length &&
              candidate.columns.every((column) => key.referenced.includes(column.id)),
          )
          return {
            CONSTRAINT_CATALOG: d.name,
            CONSTRAINT_SCHEMA: table.schema,
            CONSTRAINT_NAME: key.name,
            UNIQUE_CONSTRAINT_CATALOG: d.name,
            UNIQUE_CONSTRAINT_SCHEMA: parent?.schema ?? null,
            UNIQUE_CONSTRAINT_NAME: unique?.name ?? null,
            MATCH_OPTION: 'SIMPLE',
            UPDATE_RULE: key.onUpdate,
            DELETE_RULE: key.onDelete,
          }
        }),
      ),
  ],
}
