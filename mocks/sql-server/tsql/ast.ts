/** The syntax tree: what the parser gives and the binder takes. Names stand as written; lines count from 1 in the batch. */

import type { CursorRef, FunctionShape, ProgrammableStatement, TriggerShape } from './programmable-ast.ts'

export type Name = readonly string[]

export interface TypeRef {
  /** In small letters. */
  readonly name: string
  readonly schema?: string
  readonly args: readonly (number | 'max')[]
  readonly line: number
}

export type Expr =
  | {
      readonly kind: 'literal'
      readonly type: 'int' | 'decimal' | 'float' | 'money' | 'string' | 'nstring' | 'binary' | 'null'
      readonly text: string
    }
  | { readonly kind: 'column'; readonly parts: Name; readonly line: number }
  | { readonly kind: 'variable'; readonly name: string; readonly line: number }
  | { readonly kind: 'unary'; readonly op: '-' | '+' | '~'; readonly of: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr; readonly line: number }
  | { readonly kind: 'compare'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | {
      readonly kind: 'quantified'
      readonly op: string
      readonly left: Expr
      readonly all: boolean
      readonly query: Query
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'not'; readonly of: Expr }
  | { readonly kind: 'isNull'; readonly of: Expr; readonly not: boolean }
  | { readonly kind: 'in'; readonly of: Expr; readonly list: readonly Expr[]; readonly not: boolean }
  | { readonly kind: 'inQuery'; readonly of: Expr; readonly query: Query; readonly not: boolean }
  | { readonly kind: 'between'; readonly of: Expr; readonly low: Expr; readonly high: Expr; readonly not: boolean }
  | { readonly kind: 'like'; readonly of: Expr; readonly pattern: Expr; readonly escape?: Expr; readonly not: boolean }
  | { readonly kind: 'exists'; readonly query: Query }
  | {
      readonly kind: 'case'
      readonly of?: Expr
      readonly whens: readonly { readonly when: Expr; readonly result: Expr }[]
      readonly otherwise?: Expr
    }
  | {
      readonly kind: 'cast'
      readonly of: Expr
      readonly type: TypeRef
      readonly style?: Expr
      readonly trying: boolean
    }
  | {
      readonly kind: 'parse'
      readonly of: Expr
      readonly type: TypeRef
      readonly culture?: Expr
      readonly trying: boolean
      readonly line: number
    }
  | {
      readonly kind: 'call'
      readonly name: Name
      readonly args: readonly Expr[]
      readonly distinct: boolean
      readonly star: boolean
      readonly over?: Over
      readonly withinOrder?: readonly OrderItem[]
      /** JSON_OBJECT and JSON_ARRAY: what becomes of NULLs. */
      readonly onNull?: 'null' | 'absent'
      /** LAG, FIRST_VALUE and their kin go past NULLs. */
      readonly ignoreNulls?: boolean
      readonly line: number
    }
  | { readonly kind: 'subquery'; readonly query: Query }
  | { readonly kind: 'collate'; readonly of: Expr; readonly collation: string }
  | {
      readonly kind: 'method'
      readonly of: Expr
      readonly name: string
      /** Undefined for a property. */
      readonly args?: readonly Expr[]
      readonly line: number
    }
  | {
      /** `geometry::Parse('…')` */
      readonly kind: 'static'
      readonly type: Name
      readonly name: string
      readonly args?: readonly Expr[]
      readonly line: number
    }
  | { readonly kind: 'default' }
  | { readonly kind: 'nextValue'; readonly name: Name; readonly line: number }

export interface Over {
  readonly partition: readonly Expr[]
  readonly order: readonly OrderItem[]
  readonly frame?: string
}

export interface OrderItem {
  readonly expr: Expr
  readonly descending: boolean
}

export type SelectItem =
  | { readonly kind: 'star'; readonly qualifier: Name; readonly line: number }
  | { readonly kind: 'expr'; readonly expr: Expr; readonly alias?: string }
  | {
      readonly kind: 'assign'
      readonly variable: string
      readonly op: string
      readonly expr: Expr
      readonly line: number
    }

export type Source =
  | {
      readonly kind: 'table'
      readonly name: Name
      readonly alias?: string
      readonly hints: readonly string[]
      readonly line: number
    }
  | { readonly kind: 'derived'; readonly query: Query; readonly alias: string; readonly columns?: readonly string[] }
  | {
      readonly kind: 'values'
      readonly rows: readonly (readonly Expr[])[]
      readonly alias: string
      readonly columns: readonly string[]
    }
  | {
      readonly kind: 'function'
      readonly name: Name
      readonly args: readonly Expr[]
      readonly alias?: string
      readonly columns?: readonly string[]
      readonly with?: readonly {
        readonly name: string
        readonly type: TypeRef
        readonly path?: string
        readonly json: boolean
      }[]
      readonly line: number
    }
  | { readonly kind: 'variable'; readonly name: string; readonly alias?: string; readonly line: number }
  | {
      readonly kind: 'pivot'
      readonly of: Source
      readonly aggregate: Expr
      readonly column: Name
      readonly values: readonly string[]
      readonly alias: string
      readonly line: number
    }
  | {
      readonly kind: 'unpivot'
      readonly of: Source
      readonly value: string
      readonly name: string
      readonly columns: readonly string[]
      readonly alias: string
      readonly line: number
    }
  | {
      readonly kind: 'join'
      readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'CROSS APPLY' | 'OUTER APPLY'
      readonly left: Source
      readonly right: Source
      readonly on?: Expr
    }

export interface SelectCore {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly top?: { readonly count: Expr; readonly percent: boolean; readonly ties: boolean }
  readonly items: readonly SelectItem[]
  readonly into?: Name
  readonly from?: Source
  readonly where?: Expr
  readonly groupBy: readonly Expr[]
  /** GROUPING SETS, ROLLUP and CUBE, written out: each set has places in `groupBy`. */
  readonly groupingSets?: readonly (readonly number[])[]
  readonly having?: Expr
  readonly line: number
}

export type QueryBody =
  | SelectCore
  | {
      readonly kind: 'setop'
      readonly op: 'UNION' | 'UNION ALL' | 'EXCEPT' | 'INTERSECT'
      readonly left: QueryBody
      readonly right: QueryBody
    }
  | { readonly kind: 'nested'; readonly query: Query }

export interface Cte {
  readonly name: string
  /** OPTION (MAXRECURSION n) of its statement. */
  readonly maxRecursion?: number
  readonly columns?: readonly string[]
  readonly query: Query
}

export interface Query {
  readonly ctes: readonly Cte[]
  readonly maxRecursion?: number
  readonly body: QueryBody
  readonly order: readonly OrderItem[]
  readonly offset?: Expr
  readonly fetch?: Expr
  readonly forClause?: ForClause
  readonly line: number
}

export type ForClause =
  | {
      readonly kind: 'json'
      readonly mode: 'PATH' | 'AUTO'
      readonly root?: string
      readonly includeNulls: boolean
      readonly withoutArray: boolean
    }
  | {
      readonly kind: 'xml'
      readonly mode: 'RAW' | 'AUTO' | 'PATH'
      readonly row: string
      readonly root?: string
      readonly elements: boolean
      readonly xsinil: boolean
      readonly typed: boolean
      readonly base64: boolean
    }

export interface Assignment {
  readonly column?: Name
  readonly variable?: string
  readonly op: string
  readonly value: Expr
  readonly line: number
}

export interface Output {
  readonly items: readonly SelectItem[]
  readonly into?: Name
  readonly intoVariable?: string
  readonly intoColumns?: readonly string[]
}

export interface Target {
  readonly name?: Name
  readonly variable?: string
  readonly line: number
}

export interface MergeClause {
  readonly match: 'matched' | 'target' | 'source'
  readonly condition?: Expr
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly Assignment[] }
    | { readonly kind: 'delete' }
    | { readonly kind: 'insert'; readonly columns?: readonly string[]; readonly values?: readonly Expr[] }
}

export interface ForeignKeyDef {
  readonly columns: readonly string[]
  readonly table: Name
  readonly referenced: readonly string[]
  readonly onDelete: 'NO ACTION' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'
  readonly onUpdate: 'NO ACTION' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'
}

export type ConstraintDef = { readonly name?: string; readonly line: number } & (
  | { readonly kind: 'primary' | 'unique'; readonly columns: readonly string[]; readonly clustered?: boolean }
  | ({ readonly kind: 'foreign' } & ForeignKeyDef)
  | { readonly kind: 'check'; readonly text: string; readonly expr: Expr; readonly column?: string }
  | {
      readonly kind: 'default'
      readonly column: string
      readonly text: string
      readonly expr: Expr
      /** Rows that are there get the default too. */
      readonly withValues?: boolean
    }
)

export interface ColumnDef {
  readonly name: string
  readonly type?: TypeRef
  readonly collation?: string
  readonly nullable?: boolean
  readonly identity?: { readonly seed: number; readonly increment: number }
  readonly computed?: { readonly text: string; readonly expr: Expr; readonly persisted: boolean }
  readonly rowguid?: boolean
  readonly constraints: readonly ConstraintDef[]
  readonly line: number
}

export interface IndexDef {
  readonly name: string
  readonly unique: boolean
  readonly clustered: boolean
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[]
  readonly include: readonly string[]
  readonly where?: { readonly text: string; readonly expr: Expr }
}

export interface Parameter {
  readonly name: string
  readonly type: TypeRef
  readonly value?: Expr
  readonly output: boolean
  readonly readOnly?: boolean
}

export interface ExecArgument {
  readonly name?: string
  readonly value: Expr
  readonly output: boolean
}

export type Statement = { readonly line: number } & (
  | { readonly kind: 'query'; readonly query: Query }
  | {
      readonly kind: 'insert'
      readonly target: Target
      readonly columns?: readonly string[]
      readonly output?: Output
      readonly ctes: readonly Cte[]
      readonly source:
        | { readonly kind: 'values'; readonly rows: readonly (readonly Expr[])[] }
        | { readonly kind: 'query'; readonly query: Query }
        | { readonly kind: 'exec'; readonly exec: Statement }
        | { readonly kind: 'defaults' }
    }
  | {
      readonly kind: 'update'
      readonly target: Target
      /** The source in FROM that stands for rows of the target: a view, CTE or derived table. */
      readonly through?: string
      readonly set: readonly Assignment[]
      readonly output?: Output
      readonly from?: Source
      readonly where?: Expr
      readonly currentOf?: CursorRef
      readonly top?: Expr
      readonly ctes: readonly Cte[]
    }
  | {
      readonly kind: 'delete'
      readonly target: Target
      /** The source in FROM that stands for rows of the target: a view, CTE or derived table. */
      readonly through?: string
      readonly output?: Output
      readonly from?: Source
      readonly where?: Expr
      readonly currentOf?: CursorRef
      readonly top?: Expr
      readonly ctes: readonly Cte[]
    }
  | {
      readonly kind: 'merge'
      readonly target: Target
      readonly alias?: string
      readonly using: Source
      readonly on: Expr
      readonly clauses: readonly MergeClause[]
      readonly output?: Output
      readonly ctes: readonly Cte[]
    }
  | { readonly kind: 'truncate'; readonly name: Name }
  | {
      readonly kind: 'createTable'
      readonly name: Name
      readonly columns: readonly ColumnDef[]
      readonly constraints: readonly ConstraintDef[]
      readonly indexes: readonly IndexDef[]
    }
  | {
      readonly kind: 'alterTable'
      readonly name: Name
      readonly action:
        | { readonly kind: 'storage' }
        | {
            readonly kind: 'add'
            readonly columns: readonly ColumnDef[]
            readonly constraints: readonly ConstraintDef[]
            readonly check: boolean
          }
        | { readonly kind: 'alterColumn'; readonly column: ColumnDef }
        | {
            readonly kind: 'drop'
            readonly ifExists: boolean
            readonly columns: readonly string[]
            readonly constraints: readonly string[]
          }
        | {
            readonly kind: 'checkConstraint'
            readonly enable: boolean
            readonly names: readonly string[] | 'ALL'
            /** WITH CHECK: rows that are there are looked at again. */
            readonly validate: boolean
          }
    }
  | {
      readonly kind: 'drop'
      readonly what:
        | 'TABLE'
        | 'VIEW'
        | 'PROCEDURE'
        | 'FUNCTION'
        | 'TRIGGER'
        | 'SCHEMA'
        | 'DATABASE'
        | 'USER'
        | 'LOGIN'
        | 'ROLE'
        | 'SERVER ROLE'
        | 'TYPE'
        | 'SEQUENCE'
        | 'SYNONYM'
      readonly ifExists: boolean
      readonly names: readonly Name[]
    }
  | {
      readonly kind: 'createType'
      readonly name: Name
      readonly table?: {
        readonly columns: readonly ColumnDef[]
        readonly constraints: readonly ConstraintDef[]
        readonly indexes: readonly IndexDef[]
      }
      readonly alias?: { readonly type: TypeRef; readonly nullable: boolean }
    }
  | { readonly kind: 'createIndex'; readonly table: Name; readonly index: IndexDef }
  | {
      readonly kind: 'alterIndex'
      readonly table: Name
      readonly index: string | 'ALL'
      readonly all: boolean
      readonly action: 'REBUILD' | 'REORGANIZE' | 'DISABLE' | 'SET'
    }
  | {
      readonly kind: 'statistics'
      readonly action: 'create' | 'update' | 'drop'
      readonly table: Name
      readonly names: readonly string[]
      readonly columns: readonly string[]
    }
  | { readonly kind: 'transfer'; readonly schema: string; readonly class: 'OBJECT' | 'TYPE'; readonly name: Name }
  | {
      readonly kind: 'dropIndex'
      readonly ifExists: boolean
      readonly drops: readonly { readonly name: string; readonly table: Name }[]
    }
  | {
      readonly kind: 'createModule'
      /** Where CREATE or ALTER stands in the text: comments may be before it. */
      readonly head: number
      /** RETURNS NULL ON NULL INPUT: the function does not run when an argument is NULL. */
      readonly nullOnNull?: boolean
      readonly what: 'VIEW' | 'PROCEDURE' | 'FUNCTION' | 'TRIGGER'
      readonly mode: 'create' | 'alter' | 'createOrAlter'
      readonly name: Name
      readonly text: string
      readonly columns?: readonly string[]
      readonly query?: Query
      readonly parameters: readonly Parameter[]
      readonly body: readonly Statement[]
      readonly function?: FunctionShape
      readonly trigger?: TriggerShape
      readonly schemaBinding?: boolean
      /** CALLER, SELF, OWNER, or a user's name in quotes. */
      readonly executeAs?: { readonly context: 'SELF' | 'OWNER' } | { readonly user: string }
    }
  | { readonly kind: 'createSchema'; readonly name: string; readonly owner?: string }
  | { readonly kind: 'createDatabase'; readonly name: string; readonly collation?: string }
  | {
      readonly kind: 'alterDatabase'
      readonly name: string
      readonly action:
        | { readonly kind: 'collate'; readonly collation: string }
        | { readonly kind: 'rename'; readonly name: string }
        | {
            readonly kind: 'set'
            readonly options: string
            /** What becomes of other sessions; without it the statement waits for them. */
            readonly termination: { readonly afterSeconds: number } | 'noWait' | undefined
          }
    }
  | { readonly kind: 'use'; readonly database: string }
  | {
      readonly kind: 'declare'
      readonly variables: readonly {
        readonly name: string
        readonly type?: TypeRef
        readonly table?: { readonly columns: readonly ColumnDef[]; readonly constraints: readonly ConstraintDef[] }
        readonly cursor?: true
        readonly value?: Expr
        readonly line: number
      }[]
    }
  | { readonly kind: 'setVariable'; readonly name: string; readonly op: string; readonly value: Expr }
  | { readonly kind: 'setOption'; readonly options: readonly string[]; readonly on: boolean }
  | { readonly kind: 'setValue'; readonly option: string; readonly value: Expr | string }
  | { readonly kind: 'setIdentityInsert'; readonly table: Name; readonly on: boolean }
  | { readonly kind: 'setIsolation'; readonly level: number }
  | { readonly kind: 'if'; readonly condition: Expr; readonly then: Statement; readonly otherwise?: Statement }
  | { readonly kind: 'while'; readonly condition: Expr; readonly body: Statement }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'try'; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'return'; readonly value?: Expr }
  | { readonly kind: 'print'; readonly value: Expr }
  | {
      readonly kind: 'raiserror'
      readonly message: Expr
      readonly severity: Expr
      readonly state: Expr
      readonly args: readonly Expr[]
      readonly options: readonly string[]
    }
  | { readonly kind: 'throw'; readonly number?: Expr; readonly message?: Expr; readonly state?: Expr }
  | { readonly kind: 'waitfor'; readonly what: 'DELAY' | 'TIME'; readonly value: Expr }
  | {
      readonly kind: 'exec'
      readonly procedure: Name | string
      readonly result?: string
      readonly args: readonly ExecArgument[]
      readonly shapes?: ResultShapes
    }
  | {
      readonly kind: 'execString'
      readonly parts: readonly Expr[]
      readonly as?: { readonly what: 'USER' | 'LOGIN'; readonly name: Expr }
      readonly shapes?: ResultShapes
    }
  | { readonly kind: 'begin'; readonly name?: Expr | string }
  | { readonly kind: 'commit'; readonly name?: string }
  | { readonly kind: 'rollback'; readonly name?: string }
  | { readonly kind: 'save'; readonly name: string }
  | {
      readonly kind: 'createLogin'
      readonly name: string
      readonly windows: boolean
      readonly options: ReadonlyMap<string, string>
      readonly flags: ReadonlySet<string>
    }
  | {
      readonly kind: 'alterLogin'
      readonly name: string
      readonly windows: boolean
      readonly options: ReadonlyMap<string, string>
      readonly flags: ReadonlySet<string>
    }
  | {
      readonly kind: 'createUser'
      readonly name: string
      readonly login?: string
      readonly withoutLogin: boolean
      readonly defaultSchema?: string
      readonly newName?: string
    }
  | {
      readonly kind: 'alterUser'
      readonly name: string
      readonly login?: string
      readonly withoutLogin: boolean
      readonly defaultSchema?: string
      readonly newName?: string
    }
  | { readonly kind: 'createRole'; readonly name: string; readonly server: boolean; readonly owner?: string }
  | {
      readonly kind: 'alterRole'
      readonly role: string
      readonly server: boolean
      readonly member: string
      readonly add: boolean
      readonly newName?: string
    }
  | {
      readonly kind: 'permission'
      readonly verb: 'GRANT' | 'DENY' | 'REVOKE'
      readonly permissions: readonly { readonly name: string; readonly columns?: readonly string[] }[]
      readonly on?: { readonly class: string; readonly name: Name }
      readonly principals: readonly string[]
      /** WITH GRANT OPTION. */
      readonly grantOption: boolean
      /** GRANT OPTION FOR. */
      readonly optionOnly: boolean
      readonly cascade: boolean
      readonly as?: string
    }
  | {
      readonly kind: 'alterAuthorization'
      readonly class: string
      readonly name: Name
      /** Absent for SCHEMA OWNER. */
      readonly owner?: string
    }
  | {
      readonly kind: 'executeAs'
      readonly what: 'USER' | 'LOGIN' | 'CALLER'
      readonly name?: Expr
      readonly noRevert: boolean
      readonly cookie?: string
    }
  | { readonly kind: 'revert'; readonly cookie?: string }
  | {
      readonly kind: 'bulkInsert'
      readonly table: Name
      readonly file: string
      readonly options: ReadonlyMap<string, string | number | true>
    }
  | {
      readonly kind: 'backup'
      readonly database: string
      readonly log: boolean
      readonly disk: readonly Expr[]
      readonly options: ReadonlyMap<string, Expr | true>
    }
  | {
      readonly kind: 'restore'
      readonly what: 'DATABASE' | 'LOG' | 'VERIFYONLY' | 'HEADERONLY' | 'FILELISTONLY' | 'LABELONLY'
      readonly database: string
      readonly disk: readonly Expr[]
      readonly options: ReadonlyMap<string, Expr | true>
    }
  | {
      readonly kind: 'insertBulk'
      readonly table: Name
      readonly columns: readonly { readonly name: string; readonly type: TypeRef }[]
      readonly options: ReadonlySet<string>
      readonly order: readonly { readonly name: string; readonly descending: boolean }[]
    }
  | { readonly kind: 'kill'; readonly spid: number }
  | { readonly kind: 'reconfigure' }
  | { readonly kind: 'nothing' }
  | ProgrammableStatement
  | { readonly kind: 'unsupported'; readonly what: string }
)

/** WITH RESULT SETS: what each result set is to look like; none when there may be none at all. */
export type ResultShapes = readonly (readonly {
  readonly name: string
  readonly type: TypeRef
  readonly nullable: boolean
}[])[]
