/** The INFORMATION_SCHEMA views of routines, parameters, sequences, types and views' columns. */
import type { Cell, DataType } from '../../tds/data-type.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import type { SqlDatabase } from '../storage/database.ts'
import type { ObjectDef } from './definitions.ts'
import { typeFacts } from './information-views.ts'
import { columnsOfObject, signatureOf } from './module-shape.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const objects = (s: SqlSession, d: SqlDatabase): ObjectDef[] => [...catalogOf(s, d).objects()]
const facts = (type: DataType | undefined): Row => (type ? typeFacts(type) : {})
const typeList =
  'DATA_TYPE:name? CHARACTER_MAXIMUM_LENGTH:int? CHARACTER_OCTET_LENGTH:int? COLLATION_CATALOG:name? COLLATION_SCHEMA:name? COLLATION_NAME:name? CHARACTER_SET_CATALOG:name? CHARACTER_SET_SCHEMA:name? CHARACTER_SET_NAME:name? NUMERIC_PRECISION:tinyint? NUMERIC_PRECISION_RADIX:smallint? NUMERIC_SCALE:int? DATETIME_PRECISION:smallint?'

const views = (s: SqlSession, d: SqlDatabase): Row[] =>
  objects(s, d).flatMap((object) =>
    object.kind === 'view'
      ? [{ VIEW_CATALOG: d.name, VIEW_SCHEMA: object.schema, VIEW_NAME: object.name, id: object.id }]
      : [],
  )

export const informationModuleViews: Readonly<Record<string, ViewDeclaration>> = {
  'INFORMATION_SCHEMA.ROUTINES': [
    `SPECIFIC_CATALOG:name? SPECIFIC_SCHEMA:name? SPECIFIC_NAME:name ROUTINE_CATALOG:name? ROUTINE_SCHEMA:name? ROUTINE_NAME:name ROUTINE_TYPE:n20? MODULE_CATALOG:name? MODULE_SCHEMA:name? MODULE_NAME:name? UDT_CATALOG:name? UDT_SCHEMA:name? UDT_NAME:name? ${typeList} INTERVAL_TYPE:n30? INTERVAL_PRECISION:smallint? TYPE_UDT_CATALOG:name? TYPE_UDT_SCHEMA:name? TYPE_UDT_NAME:name? SCOPE_CATALOG:name? SCOPE_SCHEMA:name? SCOPE_NAME:name? MAXIMUM_CARDINALITY:bigint? DTD_IDENTIFIER:name? ROUTINE_BODY:n30? ROUTINE_DEFINITION:n4000? EXTERNAL_NAME:name? EXTERNAL_LANGUAGE:n30? PARAMETER_STYLE:n30? IS_DETERMINISTIC:n10? SQL_DATA_ACCESS:n30? IS_NULL_CALL:n10? SQL_PATH:name? SCHEMA_LEVEL_ROUTINE:n10? MAX_DYNAMIC_RESULT_SETS:smallint? IS_USER_DEFINED_CAST:n10? IS_IMPLICITLY_INVOCABLE:n10? CREATED:datetime LAST_ALTERED:datetime`,
    (s, d) =>
      objects(s, d).flatMap((object): Row[] => {
        if (object.kind !== 'procedure' && object.kind !== 'function') return []
        const { returns } = signatureOf(d, object)
        return [
          {
            ...facts(returns),
            ...(object.kind === 'function' && !returns ? { DATA_TYPE: 'TABLE' } : {}),
            SPECIFIC_CATALOG: d.name,
            SPECIFIC_SCHEMA: object.schema,
            SPECIFIC_NAME: object.name,
            ROUTINE_CATALOG: d.name,
            ROUTINE_SCHEMA: object.schema,
            ROUTINE_NAME: object.name,
            ROUTINE_TYPE: object.kind.toUpperCase(),
            ROUTINE_BODY: 'SQL',
            ROUTINE_DEFINITION: object.text.slice(0, 4000),
            IS_DETERMINISTIC: 'NO',
            SQL_DATA_ACCESS: object.kind === 'procedure' ? 'MODIFIES' : 'READS',
            IS_NULL_CALL: object.kind === 'function' ? 'NO' : null,
            SCHEMA_LEVEL_ROUTINE: 'YES',
            MAX_DYNAMIC_RESULT_SETS: object.kind === 'procedure' ? -1 : 0,
            IS_USER_DEFINED_CAST: 'NO',
            IS_IMPLICITLY_INVOCABLE: 'NO',
            CREATED: object.created,
            LAST_ALTERED: object.modified,
          },
        ]
      }),
  ],
  'INFORMATION_SCHEMA.PARAMETERS': [
    `SPECIFIC_CATALOG:name? SPECIFIC_SCHEMA:name? SPECIFIC_NAME:name ORDINAL_POSITION PARAMETER_MODE:n10? IS_RESULT:n10? AS_LOCATOR:n10? PARAMETER_NAME:name? ${typeList} INTERVAL_TYPE:n30? INTERVAL_PRECISION:smallint? USER_DEFINED_TYPE_CATALOG:name? USER_DEFINED_TYPE_SCHEMA:name? USER_DEFINED_TYPE_NAME:name? SCOPE_CATALOG:name? SCOPE_SCHEMA:name? SCOPE_NAME:name?`,
    (s, d) =>
      objects(s, d).flatMap((object): Row[] => {
        if (object.kind !== 'procedure' && object.kind !== 'function') return []
        const { parameters, returns } = signatureOf(d, object)
        const place = {
          SPECIFIC_CATALOG: d.name,
          SPECIFIC_SCHEMA: object.schema,
          SPECIFIC_NAME: object.name,
          AS_LOCATOR: 'NO',
        }
        return [
          ...(returns
            ? [
                {
                  ...place,
                  ...facts(returns),
                  ORDINAL_POSITION: 0,
                  PARAMETER_MODE: 'OUT',
                  IS_RESULT: 'YES',
                  PARAMETER_NAME: '',
                },
              ]
            : []),
          ...parameters.map(
            (parameter, i): Row => ({
              ...place,
              ...(parameter.table ? { DATA_TYPE: 'table type' } : facts(parameter.type)),
              ORDINAL_POSITION: i + 1,
              PARAMETER_MODE: parameter.output ? 'INOUT' : 'IN',
              IS_RESULT: 'NO',
              PARAMETER_NAME: parameter.name,
            }),
          ),
        ]
      }),
  ],
  'INFORMATION_SCHEMA.ROUTINE_COLUMNS': [
    `TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name? COLUMN_NAME:name? ORDINAL_POSITION:int? COLUMN_DEFAULT:n4000? IS_NULLABLE:v3? ${typeList} DOMAIN_CATALOG:name? DOMAIN_SCHEMA:name? DOMAIN_NAME:name?`,
    (s, d) =>
      objects(s, d).flatMap((object): Row[] =>
        object.kind === 'function'
          ? columnsOfObject(s, d, object).map((column, i) => ({
              ...facts(column.type),
              TABLE_CATALOG: d.name,
              TABLE_SCHEMA: object.schema,
              TABLE_NAME: object.name,
              COLUMN_NAME: column.name,
              ORDINAL_POSITION: i + 1,
              IS_NULLABLE: column.nullable ? 'YES' : 'NO',
            }))
          : [],
      ),
  ],
  'INFORMATION_SCHEMA.SEQUENCES': [
    'SEQUENCE_CATALOG:name? SEQUENCE_SCHEMA:name? SEQUENCE_NAME:name DATA_TYPE:name? NUMERIC_PRECISION:tinyint? NUMERIC_PRECISION_RADIX:smallint? NUMERIC_SCALE:int? START_VALUE:variant MINIMUM_VALUE:variant? MAXIMUM_VALUE:variant? INCREMENT:variant CYCLE_OPTION:int? DECLARED_DATA_TYPE:int? DECLARED_NUMERIC_PRECISION:int? DECLARED_NUMERIC_SCALE:int?',
    (s, d) =>
      objects(s, d).flatMap((object): Row[] =>
        object.kind === 'sequence'
          ? [
              {
                ...facts(object.type),
                SEQUENCE_CATALOG: d.name,
                SEQUENCE_SCHEMA: object.schema,
                SEQUENCE_NAME: object.name,
                START_VALUE: Number(object.start),
                MINIMUM_VALUE: Number(object.min),
                MAXIMUM_VALUE: Number(object.max),
                INCREMENT: Number(object.increment),
                CYCLE_OPTION: object.cycle ? 1 : 0,
              },
            ]
          : [],
      ),
  ],
  'INFORMATION_SCHEMA.DOMAINS': [
    `DOMAIN_CATALOG:name? DOMAIN_SCHEMA:name? DOMAIN_NAME:name ${typeList} DOMAIN_DEFAULT:n4000?`,
    (s, d) =>
      [...catalogOf(s, d).types()].map(
        (type): Row => ({
          ...(type.alias ? facts(type.alias.type) : { DATA_TYPE: 'table type' }),
          DOMAIN_CATALOG: d.name,
          DOMAIN_SCHEMA: type.schema,
          DOMAIN_NAME: type.name,
        }),
      ),
  ],
  'INFORMATION_SCHEMA.DOMAIN_CONSTRAINTS': [
    'CONSTRAINT_CATALOG:name? CONSTRAINT_SCHEMA:name? CONSTRAINT_NAME:name DOMAIN_CATALOG:name? DOMAIN_SCHEMA:name? DOMAIN_NAME:name IS_DEFERRABLE:v2 INITIALLY_DEFERRED:v2',
    () => [],
  ],
  'INFORMATION_SCHEMA.COLUMN_DOMAIN_USAGE': [
    'DOMAIN_CATALOG:name? DOMAIN_SCHEMA:name? DOMAIN_NAME:name TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name COLUMN_NAME:name?',
    () => [],
  ],
  'INFORMATION_SCHEMA.VIEW_TABLE_USAGE': [
    'VIEW_CATALOG:name? VIEW_SCHEMA:name? VIEW_NAME:name TABLE_CATALOG:name? TABLE_SCHEMA:name? TABLE_NAME:name',
    (s, d) => {
      const tables = objects(s, d).filter((object) => object.kind === 'table' || object.kind === 'view')
      return views(s, d).flatMap((view) => {
        const text = objects(s, d).find((object) => object.id === view.id)
        if (text?.kind !== 'view') return []
        return tables
          .filter(
            (table) =>
              table.id !== text.id &&
              new RegExp(
                `(?:from|join|,)\\s+[^()]*?(?:^|[\\s.["])${RegExp.escape(table.name)}(?:[\\s\\]",;)]|$)`,
                'i',
              ).test(text.text),
          )
          .map((table): Row => ({ ...view, TABLE_CATALOG: d.name, TABLE_SCHEMA: table.schema, TABLE_NAME: table.name }))
      })
    },
  ],
}
