import type { Cell, DataType } from '../../tds/data-type.ts'
import { types } from '../../tds/data-type.ts'
import type { Column } from '../../tds/tokens/col-metadata.ts'
import type { Expr, Query, SelectCore, Statement } from '../../tsql/ast.ts'
import type { TableDef } from '../catalog/definitions.ts'
import type { Execution } from '../execute/execution.ts'
import { findTable } from '../execute/resolve-target.ts'
import type { ResultSink } from '../result-sink.ts'
import { SqlError } from '../sql-error.ts'
import type { CursorTable } from './api-cursor.ts'

type QueryStatement = Extract<Statement, { kind: 'query' }>

/** Takes the first result of statements in; messages go on to the client. */
export class ResultCollector implements ResultSink {
  columnsSeen: readonly Column[] | undefined
  readonly rows: (readonly Cell[])[] = []
  readonly #outer: ResultSink
  #results = 0

  constructor(outer: ResultSink) {
    this.#outer = outer
  }
  columns(columns: readonly Column[]): void {
    this.#results += 1
    this.columnsSeen ??= columns
  }
  row(cells: readonly Cell[]): void {
    if (this.#results === 1) this.rows.push([...cells])
  }
  breathe(): undefined {
    return undefined
  }
  done(): void {}
  message(message: Parameters<ResultSink['message']>[0]): void {
    this.#outer.message(message)
  }
  envChange(change: Parameters<ResultSink['envChange']>[0]): void {
    this.#outer.envChange(change)
  }
  returnStatus(): void {}
  returnValue(): void {}
}

export const bracketed = (name: string): string => `[${name.replaceAll(']', ']]')}]`
const column = (parts: readonly string[], line: number): Expr => ({ kind: 'column', parts, line })

/** A query over one table with a key: the same with the key's columns behind its own, and how to find a row again. */
export function keyedQuery(x: Execution, statement: QueryStatement): { query: Query; table: CursorTable } | undefined {
  const { query } = statement
  const core = query.body.kind === 'select' ? query.body : undefined
  if (!core || query.ctes.length > 0 || query.offset || query.forClause || !simple(core)) return undefined
  const { from } = core
  if (from?.kind !== 'table') return undefined
  const found = tableOf(x, from.name, from.line)
  const key = found?.keys.find(({ kind }) => kind === 'primary') ?? found?.keys.find((k) => k.unique && !k.where)
  if (!found || !key) return undefined
  const keys = key.columns.flatMap(({ id }) => {
    const info = found.columns.find((candidate) => candidate.id === id)
    return info ? [{ name: info.name, type: info.type, identity: info.identity !== undefined }] : []
  })
  const alias = from.alias ?? from.name.at(-1) ?? ''
  const hidden = keys.map(({ name }) => ({ kind: 'expr' as const, expr: column([alias, name], core.line) }))
  const match = keys
    .map(
      ({ name }, i): Expr => ({
        kind: 'compare',
        op: '=',
        left: column([alias, name], core.line),
        right: { kind: 'variable', name: `@key${i}`, line: core.line },
      }),
    )
    .reduce((left, right): Expr => ({ kind: 'and', left, right }))
  const { where: _, top: __, ...rest } = core
  const parts = found.temporary ? [found.name] : [found.schema, found.name]
  return {
    query: { ...query, body: { ...core, items: [...core.items, ...hidden] } },
    table: {
      sql: parts.map(bracketed).join('.'),
      parts,
      keys,
      again: { kind: 'query', line: statement.line, query: { ...query, order: [], body: { ...rest, where: match } } },
    },
  }
}

const simple = (core: SelectCore): boolean =>
  !core.distinct &&
  !core.into &&
  !core.top &&
  core.groupBy.length === 0 &&
  !core.groupingSets &&
  !core.having &&
  core.items.every((item) => item.kind !== 'assign')

function tableOf(x: Execution, name: readonly string[], line: number): TableDef | undefined {
  try {
    return findTable(x, name, line).table
  } catch (error) {
    // A view, a system view or another database's table: its rows are not found again.
    if (error instanceof SqlError) return undefined
    throw error
  }
}

export const keyVariables = (
  table: CursorTable,
  keys: readonly Cell[],
): Map<string, { readonly type: DataType; value: Cell }> =>
  new Map(table.keys.map(({ type }, i) => [`@key${i}`, { type, value: keys[i] ?? null }]))

export const rowStateColumn: Column = { name: 'ROWSTAT', type: types.int, nullable: false, computed: true }
