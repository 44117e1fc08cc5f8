/** OBJECTPROPERTY, COLUMNPROPERTY, INDEXPROPERTY and their kin. */
import { type Cell, familyOf, maxLength } from '../../tds/data-type.ts'
import type { ColumnInfo, KeyInfo, ObjectDef, TableDef } from '../catalog/definitions.ts'
import { columnsOfObject } from '../catalog/module-shape.ts'
import { indexId } from '../catalog/object-views.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import { timePrecision } from '../values/object-length.ts'
import { objectOf } from './object-functions.ts'
import { type Answer, text } from './session-answer.ts'
import { typeIds } from './type-ids.ts'

const bit = (yes: boolean): number => (yes ? 1 : 0)
type Tests = Readonly<Record<string, (object: ObjectDef) => Cell>>

const ofTable = (test: (table: TableDef) => boolean) => (object: ObjectDef) =>
  object.kind === 'table' ? bit(test(object)) : null
const isKind = (kind: ObjectDef['kind']) => (object: ObjectDef) => bit(object.kind === kind)
const isFunction =
  (...shapes: readonly string[]) =>
  (object: ObjectDef) =>
    bit(object.kind === 'function' && shapes.includes(object.functionType ?? 'FN'))
const hasKey = (kind: KeyInfo['kind']) => ofTable((table) => table.keys.some((key) => key.kind === kind))

const objectTests: Tests = {
  istable: isKind('table'),
  isusertable: isKind('table'),
  issystemtable: () => 0,
  isview: isKind('view'),
  isprocedure: isKind('procedure'),
  istrigger: isKind('trigger'),
  isscalarfunction: isFunction('FN'),
  isinlinefunction: isFunction('IF'),
  istablefunction: isFunction('IF', 'TF'),
  isconstraint: () => 0,
  isprimarykey: () => 0,
  isforeignkey: () => 0,
  isuniquecnst: () => 0,
  isdefaultcnst: () => 0,
  ischeckcnst: () => 0,
  isrule: () => 0,
  isdefault: () => 0,
  ismsshipped: () => 0,
  isencrypted: () => 0,
  isschemabound: (object) => ('text' in object ? bit(object.schemaBinding === true) : 0),
  isansinullson: () => 1,
  isquotedidenton: (object) => ('text' in object ? bit(object.quotedIdentifier) : 1),
  execisquotedidenton: (object) => ('text' in object ? bit(object.quotedIdentifier) : null),
  execisansinullson: (object) => ('text' in object ? 1 : null),
  execisstartup: (object) => (object.kind === 'procedure' ? 0 : null),
  execistriggerdisabled: (object) => (object.kind === 'trigger' ? bit(object.trigger?.disabled === true) : null),
  execisinsteadoftrigger: (object) => (object.kind === 'trigger' ? bit(object.trigger?.instead === true) : null),
  tablehasidentity: ofTable((table) => table.columns.some((column) => column.identity)),
  tablehasprimarykey: hasKey('primary'),
  tablehasuniquecnst: hasKey('unique'),
  tablehasforeignkey: ofTable((table) => table.foreignKeys.length > 0),
  tablehascheckcnst: ofTable((table) => table.checks.length > 0),
  tablehasdefaultcnst: ofTable((table) => table.columns.some((column) => column.default)),
  tablehasclustindex: ofTable((table) => table.keys.some((key) => key.clustered)),
  tablehasnonclustindex: ofTable((table) => table.keys.some((key) => !key.clustered)),
  tablehasindex: ofTable((table) => table.keys.length > 0),
  tablehastimestamp: ofTable((table) => table.columns.some((column) => column.type.name === 'timestamp')),
  tablehastextimage: ofTable((table) =>
    table.columns.some(({ type }) => type.length === maxLength || /^(n?text|image|xml)$/.test(type.name)),
  ),
  tablehasrowguidcol: ofTable(() => false),
  tableisfake: ofTable(() => false),
  tablefulltextkeycolumn: (object) => (object.kind === 'table' ? 0 : null),
  tabletemporaltype: (object) => (object.kind === 'table' ? 0 : null),
}

/** What a constraint's id answers. */
function constraintAnswer(s: SqlSession, id: number, wanted: string): Cell {
  for (const table of catalogOf(s, s.database).objects()) {
    if (table.kind !== 'table') continue
    const key = table.keys.find((candidate) => candidate.id === id)
    const kind = key
      ? { primary: 'isprimarykey', unique: 'isuniquecnst', index: '' }[key.kind]
      : table.foreignKeys.some((candidate) => candidate.id === id)
        ? 'isforeignkey'
        : table.checks.some((candidate) => candidate.id === id)
          ? 'ischeckcnst'
          : table.columns.some((column) => column.default?.id === id)
            ? 'isdefaultcnst'
            : undefined
    if (kind) return wanted in objectTests ? bit(wanted === kind || wanted === 'isconstraint') : null
  }
  return null
}

function objectProperty(s: SqlSession, id: Cell, property: Cell): Cell {
  const entry = catalogOf(s, s.database).entry(Number(id))
  const wanted = text(property).toLowerCase()
  if (!entry) return constraintAnswer(s, Number(id), wanted)
  if (entry.kind === 'schema' || entry.kind === 'principal' || entry.kind === 'permission') return null
  if (entry.kind === 'type' || entry.kind === 'property') return null
  if (wanted === 'schemaid') return catalogOf(s, s.database).schema(entry.schema)?.id ?? null
  if (wanted === 'ownerid') return 1
  if (wanted === 'cardinality') return entry.kind === 'table' ? s.countRows(s.database, entry) : null
  const test = Object.hasOwn(objectTests, wanted) ? objectTests[wanted] : undefined
  return test ? test(entry) : null
}

function columnProperty(s: SqlSession, id: Cell, name: Cell, property: Cell): Cell {
  const object = catalogOf(s, s.database).entry(Number(id))
  if (object?.kind !== 'table' && object?.kind !== 'view' && object?.kind !== 'function') return null
  const columns = columnsOfObject(s, s.database, object)
  const at = columns.findIndex((candidate) => candidate.name.toLowerCase() === text(name).toLowerCase())
  const found = columns[at]
  if (!found) return null
  const wanted = text(property).toLowerCase()
  if (wanted === 'columnid') return found.id
  if (wanted === 'ordinal') return at + 1
  const facts = columnFacts(found)
  return Object.hasOwn(facts, wanted) ? (facts[wanted] ?? null) : null
}

function columnFacts(column: ColumnInfo): Readonly<Record<string, Cell>> {
  const { type } = column
  const family = familyOf(type)
  const sized = family === 'text' || family === 'binary'
  const late = /^(date|time|datetime2|datetimeoffset)$/.test(type.name)
  return {
    isidentity: bit(column.identity !== undefined),
    allowsnull: bit(column.nullable),
    iscomputed: bit(column.computed !== undefined),
    isdeterministic: column.computed ? 1 : null,
    isindexable: bit(!(type.length === maxLength || /^(n?text|image|xml)$/.test(type.name))),
    precision: late ? timePrecision(type) : sized ? type.length : type.precision,
    scale: sized ? null : type.scale,
    charmaxlen: family === 'text' ? type.length : null,
    isrowguidcol: 0,
    issparse: 0,
    iscolumnset: 0,
    ishidden: 0,
    isidnotforrepl: 0,
    isfulltextindexed: 0,
    isxmlindexable: bit(type.name === 'xml'),
    usesansitrim: family === 'text' || family === 'binary' ? 1 : null,
    generatedalwaystype: 0,
    systemdataaccess: column.computed ? 0 : null,
    userdataaccess: column.computed ? 0 : null,
  }
}

const tableOf = (s: SqlSession, id: Cell): TableDef | undefined => catalogOf(s, s.database).table(Number(id))
const keyNumbered = (table: TableDef | undefined, number: Cell): KeyInfo | undefined =>
  table?.keys.find((_, i) => indexId(table, i) === Number(number))

function indexProperty(s: SqlSession, id: Cell, name: Cell, property: Cell): Cell {
  const table = tableOf(s, id)
  const at = table?.keys.findIndex((key) => key.name.toLowerCase() === text(name).toLowerCase()) ?? -1
  const key = table?.keys[at]
  if (!table || !key) return null
  const facts: Readonly<Record<string, Cell>> = {
    indexid: indexId(table, at),
    indexdepth: 1,
    indexfillfactor: 0,
    isautostatistics: 0,
    isclustered: bit(key.clustered),
    isdisabled: 0,
    isfulltextkey: 0,
    ishypothetical: 0,
    ispadindex: 0,
    ispagelockdisallowed: 0,
    isrowlockdisallowed: 0,
    isstatistics: 0,
    isunique: bit(key.unique),
  }
  const wanted = text(property).toLowerCase()
  return Object.hasOwn(facts, wanted) ? (facts[wanted] ?? null) : null
}

const typeProperty: Answer = (s, name, property) => {
  const wanted = text(property).toLowerCase()
  const given = (text(name).split('.').at(-1) ?? '').toLowerCase()
  const type = catalogOf(s, s.database).type('dbo', given)?.alias
  if (!type && !typeIds.has(given)) return null
  if (wanted === 'allowsnull') return type ? bit(type.nullable) : bit(given !== 'sysname' && given !== 'timestamp')
  if (wanted === 'ownerid') return type ? 1 : 4
  if (wanted === 'usesansitrim') return /char|binary/.test(type?.type.name ?? given) ? 1 : null
  return null
}

export const metadataFunctions: readonly (readonly [string, Answer])[] = [
  ['OBJECTPROPERTY', (s, id, property) => objectProperty(s, id ?? null, property ?? null)],
  ['COLUMNPROPERTY', (s, id, column, property) => columnProperty(s, id ?? null, column ?? null, property ?? null)],
  ['INDEXPROPERTY', (s, id, name, property) => indexProperty(s, id ?? null, name ?? null, property ?? null)],
  [
    'INDEX_COL',
    (s, name, index, at) => {
      const table = objectOf(s, text(name))
      if (table?.kind !== 'table') return null
      const part = keyNumbered(table, index ?? null)?.columns[Number(at) - 1]
      return table.columns.find((column) => column.id === part?.id)?.name ?? null
    },
  ],
  [
    'INDEXKEY_PROPERTY',
    (s, id, index, at, property) => {
      const part = keyNumbered(tableOf(s, id ?? null), index ?? null)?.columns[Number(at) - 1]
      if (!part) return null
      const wanted = text(property).toLowerCase()
      return wanted === 'columnid' ? part.id : wanted === 'isdescending' ? bit(part.descending) : null
    },
  ],
  ['TYPEPROPERTY', typeProperty],
  ['FILE_ID', (s, name) => fileNumber(s, name)],
  ['FILE_IDEX', (s, name) => fileNumber(s, name)],
  ['FILE_NAME', (s, id) => fileNames(s)[Number(id) - 1] ?? null],
  ['FILEGROUP_ID', (_, name) => (text(name).toUpperCase() === 'PRIMARY' ? 1 : null)],
  ['FILEGROUP_NAME', (_, id) => (Number(id) === 1 ? 'PRIMARY' : null)],
  [
    'STATS_DATE',
    (s, id, index) => (keyNumbered(tableOf(s, id ?? null), index ?? null) ? s.instance.startedText : null),
  ],
]

const fileNames = (s: SqlSession): readonly string[] =>
  s.database.name.toLowerCase() === 'master' ? ['master', 'mastlog'] : [s.database.name, `${s.database.name}_log`]

function fileNumber(s: SqlSession, name: Cell | undefined): Cell {
  const at = fileNames(s).findIndex((known) => known.toLowerCase() === text(name).toLowerCase())
  return at === -1 ? null : at + 1
}
