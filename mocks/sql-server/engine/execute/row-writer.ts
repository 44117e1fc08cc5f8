/** Writes rows of one table: NULL and length checks, keys, CHECK and FOREIGN KEY constraints, with the errors of each. */
import { type Cell, familyOf } from '../../tds/data-type.ts'
import type { ColumnInfo, ForeignKeyInfo, KeyInfo, TableDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import type { Store } from '../storage/store.ts'
import { withSession } from '../udf/running-session.ts'
import { cellText } from '../values/to-text.ts'
import { catalogOf, type Execution } from './execution.ts'
import { fitBytes, fitText } from './fit-cell.ts'
import { wide } from './plan.ts'
import { type ChangedTable, nameInTempdb } from './resolve-target.ts'
import { insertSql, matchSql } from './row-sql.ts'
import { checksOf } from './table-checks.ts'

export type Verb = 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'

/** A row: its cells in the order of the table's stored columns. */
export type Row = Cell[]

export class RowWriter {
  readonly #x: Execution
  readonly #target: ChangedTable
  readonly #store: Store
  readonly #verb: Verb
  readonly stored: readonly ColumnInfo[]
  readonly #checks: readonly { readonly name: string; readonly sql: string; readonly column: string }[]

  /** ANSI_WARNINGS OFF: what is too long for its column loses its end. */
  readonly #cuts: boolean
  #insert: string | undefined

  constructor(x: Execution, target: ChangedTable, store: Store, verb: Verb) {
    this.#x = x
    this.#target = target
    this.#store = store
    this.#verb = verb
    this.#cuts = !x.session.settings.switches.has('ANSI_WARNINGS')
    this.stored = storedColumns(target.table)
    this.#checks = checksOf(x, target.table)
  }

  get bigInts(): boolean {
    return this.stored.some((column) => wide(column.type))
  }

  insert(row: Row): number {
    const rowid = this.insertUnchecked(row)
    this.#check(rowid)
    return rowid
  }

  /** Leaves CHECK constraints aside, as a bulk load does. */
  insertUnchecked(row: Row): number {
    this.#fit(row)
    this.#insert ??= insertOf(this.#target, this.stored)
    const sql = this.#insert
    return Number(this.#guarded(row, () => this.#store.run(sql, row)).rowid)
  }

  /** Replaces rows. Where a key changes all rows are taken out first: a set of them may swap their keys. */
  update(changes: readonly { readonly rowid: number; readonly row: Row }[], keysChange: boolean): void {
    const sets = this.stored.map((column, i) => `c${column.id}=?${i + 1}`).join(',')
    for (const { row } of changes) this.#fit(row)
    if (keysChange && changes.length > 1) {
      for (const { rowid } of changes) this.#store.run(`DELETE FROM ${this.#target.sql} WHERE rowid=?`, [rowid])
      for (const { rowid, row } of changes) {
        const columns = ['rowid', ...this.stored.map((column) => `c${column.id}`)]
        this.#guarded(row, () =>
          this.#store.run(
            `INSERT INTO ${this.#target.sql}(${columns.join(',')}) VALUES(${columns.map(() => '?').join(',')})`,
            [rowid, ...row],
          ),
        )
      }
    } else {
      for (const { rowid, row } of changes)
        this.#guarded(row, () =>
          this.#store.run(`UPDATE ${this.#target.sql} SET ${sets} WHERE rowid=?${this.stored.length + 1}`, [
            ...row,
            rowid,
          ]),
        )
    }
    for (const { rowid } of changes) this.#check(rowid)
  }

  delete(rowid: number): void {
    this.#store.run(`DELETE FROM ${this.#target.sql} WHERE rowid=?`, [rowid])
  }

  /** NULLs, lengths, padding and code pages. */
  #fit(row: Row): void {
    this.stored.forEach((column, i) => {
      const cell = row[i] ?? null
      if (cell === null) {
        if (!column.nullable)
          throw errors.nullInsert(column.name, this.#target.display, this.#verb === 'MERGE' ? 'UPDATE' : this.#verb)
        row[i] = null
        return
      }
      const { type } = column
      if (familyOf(type) === 'text' && typeof cell === 'string')
        row[i] = fitText(cell, type, this.#cuts, () =>
          errors.truncated(this.#target.display, column.name, cell.slice(0, Math.max(0, type.length))),
        )
      else if (cell instanceof Uint8Array && type.length > 0 && type.name !== 'timestamp')
        row[i] = fitBytes(cell, type, this.#cuts, () => errors.truncated(this.#target.display, column.name, ''))
    })
  }

  #guarded<T>(row: Row, work: () => T): T {
    try {
      return withSession(this.#x.session, work)
    } catch (error) {
      const key = error instanceof Error ? violatedKey(this.#target.table, error.message) : undefined
      if (key) throw this.#duplicate(key, row)
      throw error
    }
  }

  #duplicate(key: KeyInfo, row: Row): Error {
    const values = key.columns.map(({ id }) => {
      const at = this.stored.findIndex((column) => column.id === id)
      const column = this.stored[at]
      const cell = row[at] ?? null
      return cell === null || !column ? '<NULL>' : cellText(cell, column.type)
    })
    const { table } = this.#target
    const name = `${table.schema}.${table.name}`
    if (key.kind === 'index') return errors.duplicateRow(key.name, name, values.join(', '))
    return errors.duplicateKey(key.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE KEY', key.name, name, values.join(', '))
  }

  #check(rowid: number): void {
    if (this.#checks.length === 0) return
    const sql = `SELECT ${this.#checks.map((check) => `(NOT ${check.sql})`).join(',')} FROM ${this.#target.sql} WHERE rowid=?`
    const [results] = withSession(this.#x.session, () => this.#store.all(sql, [rowid]))
    const at = results?.findIndex((failed) => Number(failed ?? 0) === 1) ?? -1
    const check = this.#checks[at]
    if (check) throw this.#conflict('CHECK', check.name, this.#target.table, check.column)
  }

  #conflict(kind: string, name: string, table: TableDef, column: string): Error {
    const database = table.temporary ? 'tempdb' : this.#target.database.name
    const place = table.temporary === 'variable' ? table.name : `${table.schema}.${nameInTempdb(table)}`
    return errors.conflict(this.#verb, kind, name, database, place, column)
  }

  /** The CHECK constraints over rows that are there. */
  recheck(rowids: readonly number[]): void {
    for (const rowid of rowids) this.#check(rowid)
  }

  /** After an insert or update: every foreign key of the rows finds its parent. */
  checkParents(rows: readonly Row[]): void {
    const catalog = catalogOf(this.#x.session, this.#target.database)
    for (const key of this.#target.table.foreignKeys) {
      if (!key.enabled) continue
      const parent = catalog.table(key.table)
      if (!parent) continue
      const sql = `SELECT 1 FROM main."t${parent.id}" WHERE ${matchSql(parent, key.referenced)} LIMIT 1`
      for (const row of rows) {
        const values = this.#cellsOf(row, key.columns)
        if (values.includes(null)) continue
        if (withSession(this.#x.session, () => this.#store.all(sql, values)).length === 0) {
          throw this.#conflict(
            'FOREIGN KEY',
            key.name,
            parent,
            key.referenced.length === 1 ? columnName(parent, key.referenced[0]) : '',
          )
        }
      }
    }
  }

  #cellsOf(row: Row, ids: readonly number[]): Cell[] {
    return ids.map((id) => row[this.stored.findIndex((column) => column.id === id)] ?? null)
  }

  /** After a delete or a change of keys: nobody refers to the old rows, or what refers to them follows. */
  followChildren(changes: readonly { readonly before: Row; readonly after?: Row }[], depth = 0): void {
    if (depth > 32) return
    const { table, database } = this.#target
    for (const child of catalogOf(this.#x.session, database).objects()) {
      if (child.kind !== 'table') continue
      for (const key of child.foreignKeys)
        if (key.enabled && key.table === table.id) this.#follow(child, key, changes, depth)
    }
  }

  #follow(
    child: TableDef,
    key: ForeignKeyInfo,
    changes: readonly { readonly before: Row; readonly after?: Row }[],
    depth: number,
  ): void {
    const match = matchSql(child, key.columns)
    for (const { before, after } of changes) {
      const old = this.#cellsOf(before, key.referenced)
      if (old.includes(null)) continue
      const now = after ? this.#cellsOf(after, key.referenced) : undefined
      if (now?.every((cell, i) => cell === old[i])) continue
      // Another row may still hold the key, as after a swap.
      const parent = withSession(this.#x.session, () =>
        this.#store.all(
          `SELECT 1 FROM ${this.#target.sql} WHERE ${matchSql(this.#target.table, key.referenced)} LIMIT 1`,
          old,
        ),
      )
      if (parent.length > 0) continue
      const childTarget: ChangedTable = {
        ...this.#target,
        table: child,
        sql: `main."t${child.id}"`,
        display: `${this.#target.database.name}.${child.schema}.${child.name}`,
      }
      const writer = new RowWriter(this.#x, childTarget, this.#store, this.#verb)
      const columns = writer.stored.map((column) => `c${column.id}`).join(',')
      const found = withSession(this.#x.session, () =>
        this.#store.all(`SELECT rowid,${columns} FROM ${childTarget.sql} WHERE ${match}`, old, writer.bigInts),
      )
      if (found.length === 0) continue
      const action = after ? key.onUpdate : key.onDelete
      if (action === 'NO ACTION')
        throw this.#conflict(
          'REFERENCE',
          key.name,
          child,
          key.columns.length === 1 ? columnName(child, key.columns[0]) : '',
        )
      const rows = found.map(([rowid, ...row]) => ({ rowid: Number(rowid), row }))
      if (action === 'CASCADE' && !after) {
        for (const { rowid } of rows) writer.delete(rowid)
        writer.followChildren(
          rows.map(({ row }) => ({ before: row })),
          depth + 1,
        )
        continue
      }
      const changed = rows.map(({ rowid, row }) => {
        const next = [...row]
        key.columns.forEach((id, i) => {
          next[writer.stored.findIndex((column) => column.id === id)] = action === 'CASCADE' ? (now?.[i] ?? null) : null
        })
        return { rowid, row: next }
      })
      writer.update(changed, true)
      writer.followChildren(
        rows.map(({ row }, i) => ({ before: row, after: changed[i]?.row ?? row })),
        depth + 1,
      )
    }
  }
}

const stored = new WeakMap<TableDef, readonly ColumnInfo[]>()

function storedColumns(table: TableDef): readonly ColumnInfo[] {
  const known = stored.get(table)
  if (known) return known
  const made = table.columns.filter((column) => !column.computed)
  stored.set(table, made)
  return made
}

const inserts = new WeakMap<TableDef, { readonly into: string; readonly sql: string }>()

/** The text of a table's INSERT, made once: the same string finds its statement without being read again. */
function insertOf(target: ChangedTable, columns: readonly ColumnInfo[]): string {
  const known = inserts.get(target.table)
  if (known?.into === target.sql) return known.sql
  const sql = insertSql(target, columns)
  inserts.set(target.table, { into: target.sql, sql })
  return sql
}

/** SQLite names an index over expressions, and for one over plain columns only these. */
function violatedKey(table: TableDef, message: string): KeyInfo | undefined {
  const index = /UNIQUE constraint failed: index 'i(\d+)'/.exec(message)
  if (index) return table.keys.find((key) => key.id === Number(index[1]))
  const columns = /UNIQUE constraint failed: (.+)$/
    .exec(message)?.[1]
    ?.split(', ')
    .map((name) => Number(name.split('.c')[1]))
  return (
    columns &&
    table.keys.find(
      (key) =>
        key.unique &&
        key.columns.length === columns.length &&
        key.columns.every((column) => columns.includes(column.id)),
    )
  )
}

const columnName = (table: TableDef, id: number | undefined): string =>
  table.columns.find((column) => column.id === id)?.name ?? ''
