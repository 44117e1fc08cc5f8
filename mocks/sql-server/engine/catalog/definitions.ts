/** What a database holds, as plain data: each object is one JSON row of the database's own file. */
import type { DataType } from '../../tds/data-type.ts'
import type { TriggerEvent } from '../../tsql/programmable-ast.ts'

export interface ColumnInfo {
  readonly id: number
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly identity?: { readonly seed: number; readonly increment: number }
  readonly computed?: { readonly text: string; readonly persisted: boolean }
  readonly default?: { readonly id: number; readonly name: string; readonly text: string }
}

export interface KeyInfo {
  readonly id: number
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'index'
  readonly unique: boolean
  readonly clustered: boolean
  readonly columns: readonly { readonly id: number; readonly descending: boolean }[]
  readonly include: readonly number[]
  readonly where?: string
  /** ALTER INDEX … DISABLE: it holds nothing until it is rebuilt. */
  readonly disabled?: boolean
}

export interface ForeignKeyInfo {
  readonly id: number
  readonly name: string
  readonly columns: readonly number[]
  readonly table: number
  readonly referenced: readonly number[]
  readonly onDelete: 'NO ACTION' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'
  readonly onUpdate: 'NO ACTION' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'
  readonly enabled: boolean
}

interface SchemaObject {
  readonly id: number
  readonly schema: string
  /** Where it is not the schema's owner. */
  readonly owner?: string
  readonly name: string
  /** As datetime text. */
  readonly created: string
  readonly modified: string
}

export interface TableDef extends SchemaObject {
  readonly kind: 'table'
  readonly columns: readonly ColumnInfo[]
  readonly keys: readonly KeyInfo[]
  readonly checks: readonly {
    readonly id: number
    readonly name: string
    readonly text: string
    readonly enabled: boolean
  }[]
  readonly foreignKeys: readonly ForeignKeyInfo[]
  /** CREATE STATISTICS: known by name, and not needed by anything. */
  readonly statistics?: readonly { readonly id: number; readonly name: string; readonly columns: readonly number[] }[]
  readonly nextColumnId: number
  /** A #temporary table or a table variable: it lives in its session's connection. */
  readonly temporary?: 'table' | 'variable'
  /** The table type that it is of. */
  readonly typeId?: number
}

/** CREATE TYPE: a table type, or another name for a type. Its id is that of the table behind it. */
export interface TypeDef extends SchemaObject {
  readonly kind: 'type'
  readonly userTypeId: number
  readonly table?: TableDef
  readonly alias?: { readonly type: DataType; readonly nullable: boolean }
}

export interface ModuleDef extends SchemaObject {
  readonly kind: 'view' | 'procedure' | 'function' | 'trigger'
  readonly text: string
  readonly quotedIdentifier: boolean
  /** The user that EXECUTE AS names; OWNER is worked out when it runs, CALLER is not kept. */
  readonly executeAs?: { readonly owner: true } | { readonly user: string }
  /** Of functions: scalar, inline or multi-statement. */
  readonly functionType?: 'FN' | 'IF' | 'TF'
  readonly schemaBinding?: boolean
  /** Of a view whose columns sp_rename has renamed; its text keeps the old names. */
  readonly columnNames?: readonly string[]
  readonly trigger?: TriggerInfo
}

export interface TriggerInfo {
  /** The table or view that it stands on. */
  readonly parent: number
  readonly instead: boolean
  readonly events: readonly TriggerEvent[]
  readonly disabled: boolean
}

/** Numbers as texts: they may pass 2^53, and the catalogue is JSON. */
export interface SequenceDef extends SchemaObject {
  readonly kind: 'sequence'
  readonly type: DataType
  readonly start: string
  readonly increment: string
  readonly min: string
  readonly max: string
  readonly cycle: boolean
  /** Null for NO CACHE. */
  readonly cache: number | null
}

export interface SynonymDef extends SchemaObject {
  readonly kind: 'synonym'
  readonly target: readonly string[]
}

export interface SchemaDef {
  readonly kind: 'schema'
  readonly id: number
  readonly name: string
  readonly owner: string
}

export interface PrincipalDef {
  readonly kind: 'principal'
  readonly id: number
  readonly name: string
  readonly role: boolean
  readonly fixed: boolean
  /** The login behind a user, by name; absent for roles and users without login. */
  readonly login?: string
  /** A user that is a Windows user or group. */
  readonly windows?: 'user' | 'group'
  /** The security id of that login, as hexadecimal digits: a login made anew under the name is another one. */
  readonly sid?: string
  /** Of a role: the principal that owns it, dbo where it is absent. */
  readonly owner?: string
  readonly defaultSchema: string
  /** Roles that this principal is a member of, in lower case. */
  readonly memberOf: readonly string[]
  readonly created: string
}

export interface PermissionDef {
  readonly kind: 'permission'
  readonly id: number
  readonly grantee: string
  /** dbo where it is absent. */
  readonly grantor?: string
  readonly state: 'GRANT' | 'GRANT_WITH_GRANT_OPTION' | 'DENY'
  readonly permission: string
  /** 0 database, 1 object or column, 3 schema, 4 principal, 6 type, as sys.database_permissions numbers them. */
  readonly class: 0 | 1 | 3 | 4 | 6
  readonly major: number
  /** The column; absent for the whole. */
  readonly minor?: number
}

export interface PropertyDef {
  readonly kind: 'property'
  readonly id: number
  /** As sys.extended_properties numbers them. */
  readonly class: 0 | 1 | 2 | 3 | 4 | 6 | 7
  readonly major: number
  readonly minor: number
  /** Of an index: its own id. */
  readonly place?: number
  readonly name: string
  readonly value: string | number | null
}

export type CatalogEntry = ObjectDef | SchemaDef | PrincipalDef | PermissionDef | TypeDef | PropertyDef
export type ObjectDef = TableDef | ModuleDef | SequenceDef | SynonymDef
