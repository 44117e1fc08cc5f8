/** OUTPUT: what a change tells of its rows, to the client or into a table. */

import { latin1 } from '../../tds/collation.ts'
import { type Cell, textType } from '../../tds/data-type.ts'
import type { Output } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { bindExpr } from '../binder/expression.ts'
import { tableColumns } from '../binder/from.ts'
import { Scope, type ScopeColumn } from '../binder/scope.ts'
import type { OutColumn } from '../binder/select.ts'
import { errors } from '../errors.ts'
import { unsupported } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import type { Execution } from './execution.ts'
import type { OutputSources } from './output-sources.ts'
import { valuesOf } from './plan.ts'
import { type ChangedTable, changedTable, findTable } from './resolve-target.ts'
import { type Row, RowWriter } from './row-writer.ts'
import { sessionEnvironment } from './session-environment.ts'

export interface OutputRow {
  readonly inserted?: Row
  readonly deleted?: Row
  readonly action?: string
  /** The cells of the other tables of the change. */
  readonly beside?: readonly Cell[]
}

/** True for OUTPUT without INTO. */
export const toClient = (output: Output | undefined): boolean =>
  output !== undefined && !output.into && !output.intoVariable

/** Binds OUTPUT once for a statement; then `send` writes all its rows. */
export class OutputPlan {
  readonly #x: Execution
  readonly #output: Output
  readonly #store: Store
  readonly columns: readonly OutColumn[]
  readonly #sql: string
  readonly #variables: readonly string[]
  readonly #width: number
  readonly #beside: readonly Cell[]

  constructor(
    x: Execution,
    output: Output,
    target: ChangedTable,
    store: Store,
    images: readonly ('inserted' | 'deleted')[],
    beside?: OutputSources,
  ) {
    this.#x = x
    this.#output = output
    this.#store = store
    const binder = new Binder(sessionEnvironment(x.session, x.frame, { catalogs: new Map(), temporary: false }))
    const scope = new Scope()
    const stored = target.table.columns.filter((column) => !column.computed)
    this.#width = stored.length
    // Variables come behind the two images and the action, so their numbers are moved.
    const offset = stored.length * 2 + 1 + (beside?.width ?? 0)
    this.#beside = new Array<Cell>(beside?.width ?? 0).fill(null)
    for (const image of ['inserted', 'deleted'] as const) {
      if (!images.includes(image)) continue
      const base = image === 'inserted' ? 0 : stored.length
      const columns = tableColumns(binder, target.table, 'x').map(
        (column): ScopeColumn => ({
          name: column.name,
          bound: {
            ...column.bound,
            sql: column.bound.sql.replace(
              /\bx\.c(\d+)\b/g,
              (_, id: string) => `$${base + stored.findIndex((candidate) => candidate.id === Number(id)) + 1}`,
            ),
          },
        }),
      )
      scope.add({ name: image, columns })
    }
    let place = stored.length * 2 + 1
    for (const { columns, ...source } of beside?.sources ?? [])
      scope.add({
        ...source,
        columns: columns.map(({ name, type, nullable }) => {
          place += 1
          const origin = { name, identity: false, computed: false, qualified: name }
          return { name, bound: { sql: `$${place}`, type, nullable, origin } }
        }),
      })
    const items = output.items.flatMap((item) => {
      if (item.kind === 'star')
        return scope
          .sourcesOf(item.qualifier)
          .flatMap((source) => source.columns.map((column) => ({ name: column.name, bound: column.bound })))
      if (item.kind === 'assign') throw unsupported('assigning variables in OUTPUT')
      if (item.expr.kind === 'column' && item.expr.parts[0]?.toLowerCase() === '$action') {
        return [
          {
            name: item.alias ?? '$action',
            bound: { sql: `$${stored.length * 2 + 1}`, type: textType('nvarchar', 10, latin1), nullable: true },
          },
        ]
      }
      const bound = bindExpr(binder, scope, item.expr)
      return [{ name: item.alias ?? bound.origin?.name ?? '', bound }]
    })
    this.columns = items.map(({ name, bound }) => ({ name, type: bound.type, nullable: bound.nullable }))
    this.#variables = binder.variables
    this.#sql = `SELECT ${items.map((item) => item.bound.sql.replace(/\?(\d+)/g, (_, n: string) => `?${Number(n) + offset}`).replace(/\$(\d+)/g, (_, n: string) => `?${n}`)).join(',')}`
  }

  evaluate(rows: readonly OutputRow[]): Cell[][] {
    const empty = new Array<Cell>(this.#width).fill(null)
    const variables = valuesOf(this.#x, { variables: this.#variables })
    const needed = Math.max(0, ...[...this.#sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1])))
    return withSession(this.#x.session, () =>
      rows.map(
        (row) =>
          this.#store.all(
            this.#sql,
            [
              ...(row.inserted ?? empty),
              ...(row.deleted ?? empty),
              row.action ?? null,
              ...(row.beside ?? this.#beside),
              ...variables,
            ].slice(0, needed),
            true,
          )[0] ?? [],
      ),
    )
  }

  /** The rows to the client, or into the table of INTO. */
  send(rows: readonly OutputRow[]): void {
    const cells = this.evaluate(rows)
    const { into, intoVariable, intoColumns } = this.#output
    if (!into && !intoVariable) {
      this.#x.sink.columns(this.columns)
      for (const row of cells) this.#x.sink.row(row)
      return
    }
    const target = into ? findTable(this.#x, into, 0) : this.#variableTarget(intoVariable ?? '')
    const writer = new RowWriter(this.#x, target, this.#store, 'INSERT')
    const names =
      intoColumns ??
      target.table.columns.filter((column) => !column.identity && !column.computed).map((column) => column.name)
    if (names.length !== this.columns.length) throw errors.columnCount(0)
    const places = names.map((name) =>
      writer.stored.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()),
    )
    const conversion = `SELECT ${this.columns.map((column, i) => convertBound({ sql: `?${i + 1}`, type: column.type, nullable: true }, writer.stored[places[i] ?? 0]?.type ?? column.type).sql).join(',')}`
    for (const row of cells) {
      const [converted = []] = withSession(this.#x.session, () => this.#store.all(conversion, row, true))
      const full: Row = new Array<Cell>(writer.stored.length).fill(null)
      places.forEach((place, i) => {
        full[place] = converted[i] ?? null
      })
      writer.insert(full)
    }
  }

  #variableTarget(name: string): ChangedTable {
    const table = this.#x.frame.tables.get(name.toLowerCase())
    if (!table) throw errors.mustDeclareTable(name, 0)
    return changedTable(table, this.#x.session.database)
  }
}
