/** The bulk load message: its rows inserted while they arrive, as one statement that stays or goes as a whole. */
import { type BulkColumn, BulkReader } from '../../tds/bulk-rows.ts'
import { ProtocolError } from '../../tds/byte-reader.ts'
import type { ByteSource } from '../../tds/byte-source.ts'
import { type Cell, type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import type { TokenForm } from '../../tds/tokens/token-codes.ts'
import type { ColumnInfo } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { Cancelled, SqlError } from '../sql-error.ts'
import type { Store } from '../storage/store.ts'
import { rowMaker } from './bulk-cells.ts'
import { orderCheck } from './bulk-order.ts'
import { type BulkPlan, bulkColumns, inDatabaseOf } from './bulk-plan.ts'
import { type Execution, throwIfCancelled } from './execution.ts'
import { changeRows, fireInstead, insteadOf, triggersOf } from './fire-triggers.ts'
import { storeIdentity } from './identity-values.ts'
import { write } from './insert.ts'
import { asServerError, tell, terminated } from './interpreter.ts'
import { type ChangedTable, findTable, lockForChange } from './resolve-target.ts'
import { type Row, RowWriter } from './row-writer.ts'
import { rollbackAll } from './transactions.ts'

const rowsBetweenBreaths = 64
/** Foreign keys are looked up for so many rows at a time. */
const rowsBetweenLookups = 1024

export async function runBulkLoad(
  x: Execution,
  plan: BulkPlan | undefined,
  source: ByteSource,
  form: TokenForm,
): Promise<void> {
  const { session, sink } = x
  // Rows that nobody has announced fail without a word.
  if (!plan) return sink.done({ kind: 'done', command: statementCodes.bulk, error: true })
  session.frames.push(x.frame)
  try {
    const count = await inDatabaseOf(x, plan.statement, () => load(x, plan, source, form))
    session.rowCount = count
    session.error = 0
    const noCount = session.settings.switches.has('NOCOUNT')
    sink.done({ kind: 'done', command: statementCodes.bulk, count: noCount ? undefined : count })
  } catch (thrown) {
    const error = asServerError(x, thrown)
    const abort = session.settings.switches.has('XACT_ABORT')
    if (error instanceof Cancelled && abort && session.transaction.active) rollbackAll(x)
    if (!(error instanceof SqlError)) throw error
    if (error.line === 0) error.line = 1
    session.error = error.number
    const ends = terminated.has(error.number) && !abort
    if ((abort || error.number === 1205) && session.transaction.active) rollbackAll(x)
    tell(x, error, ends, ends ? statementCodes.bulk : statementCodes.insertBulk)
  } finally {
    session.frames.pop()
  }
}

async function load(x: Execution, plan: BulkPlan, source: ByteSource, form: TokenForm): Promise<number> {
  const find = () => findTable(x, plan.statement.table, plan.statement.line)
  let target = find()
  if (!(await lockForChange(x, target, 'INSERT'))) target = find()
  return changeWith(x, plan, target, async (store, kept) => {
    const reader = new BulkReader(form, target.database.collation)
    const insertion = new Insertion(x, plan, target, store, form, kept)
    try {
      for (let bytes = await source.read(); bytes !== undefined; bytes = await source.read()) {
        throwIfCancelled(x)
        reader.push(bytes)
        await insertion.take(reader)
      }
      if (source.ignored) throw new Cancelled()
      throwIfCancelled(x)
      reader.end()
      await insertion.take(reader)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      x.session.instance.options.journal({ type: 'bulk-load-broken', spid: x.session.spid, text: error.message })
      throw errors.bulkEndsEarly(1)
    }
    if (!reader.whole) throw errors.bulkEndsEarly(1)
    return insertion.finish()
  })
}

/** FIRE_TRIGGERS: the table's triggers get all the rows at once, which are kept for them. */
async function changeWith(
  x: Execution,
  plan: BulkPlan,
  target: ChangedTable,
  work: (store: Store, kept?: KeptRows) => Promise<number>,
): Promise<number> {
  const { table, database } = target
  const triggers = plan.statement.options.has('FIRE_TRIGGERS')
    ? triggersOf(x.session, database, table.id, 'INSERT')
    : []
  if (triggers.length === 0) return write(x, target, work)
  const instead = insteadOf(triggers)
  const kept: KeptRows = { rows: [], only: instead !== undefined }
  const change = () => ({
    event: 'INSERT' as const,
    rows: kept.rows.map((inserted) => ({ inserted })),
    updated: new Set(table.columns.map((column) => column.id)),
  })
  if (instead) {
    await work(x.session.store(database), kept)
    return fireInstead(x, instead, table, change())
  }
  return changeRows(x, target, ['INSERT'], { outputs: false }, async (store) => {
    await work(store, kept)
    return [change()]
  })
}

/** Rows for triggers; `only` when an INSTEAD OF trigger has them and the table has not. */
interface KeptRows {
  readonly rows: Row[]
  readonly only: boolean
}

/** The statement in progress. */
class Insertion {
  readonly #x: Execution
  readonly #plan: BulkPlan
  readonly #target: ChangedTable
  readonly #store: Store
  readonly #form: TokenForm
  readonly #kept: KeptRows | undefined
  readonly #columns: readonly ColumnInfo[]
  readonly #writer: RowWriter
  readonly #checked: boolean
  readonly #keys: boolean
  readonly #selfReferring: boolean
  #make: ((row: readonly Cell[]) => Row) | undefined
  #order: ((row: Row) => void) | undefined
  #unlooked: Row[] = []
  #count = 0

  constructor(
    x: Execution,
    plan: BulkPlan,
    target: ChangedTable,
    store: Store,
    form: TokenForm,
    kept: KeptRows | undefined,
  ) {
    this.#kept = kept
    this.#x = x
    this.#form = form
    this.#plan = plan
    this.#target = target
    this.#store = store
    const { table } = target
    const columns = bulkColumns(plan.statement, target)
    if (!columns) throw errors.columnCount(plan.statement.line)
    this.#columns = columns
    this.#writer = new RowWriter(x, target, store, 'INSERT')
    this.#checked = plan.statement.options.has('CHECK_CONSTRAINTS')
    this.#keys = this.#checked && table.foreignKeys.length > 0
    this.#selfReferring = table.foreignKeys.some((key) => key.table === table.id)
    this.#order = orderCheck(plan, table, columns, this.#writer.stored)
  }

  /** Inserts the rows that the reader has, in slices. */
  async take(reader: BulkReader): Promise<void> {
    for (let row = reader.next(); row !== undefined; row = reader.next()) {
      this.#make ??= this.#begin(reader)
      this.#insert(this.#make(row))
      if (this.#count % rowsBetweenBreaths === 0) {
        const breath = this.#x.sink.breathe()
        if (breath) await breath
        throwIfCancelled(this.#x)
      }
    }
    if (reader.columns) this.#make ??= this.#begin(reader)
  }

  #begin(reader: BulkReader): (row: readonly Cell[]) => Row {
    const wire = reader.columns ?? []
    const { declared, statement } = this.#plan
    if (wire.length !== this.#columns.length) throw errors.bulkEndsEarly(3)
    wire.forEach((column, i) => {
      const to = this.#columns[i]
      const type = declared[i]
      if (!to || !type) return
      const state = mismatch(column, type, to, this.#form)
      if (state !== undefined) throw errors.bulkColumnType(i + 1, state)
    })
    return rowMaker(
      this.#x,
      { target: this.#target, store: this.#store, stored: this.#writer.stored },
      { columns: this.#columns, wire },
      { declared, keepNulls: statement.options.has('KEEP_NULLS') },
    )
  }

  #insert(row: Row): void {
    this.#order?.(row)
    this.#count += 1
    this.#kept?.rows.push(row)
    if (this.#kept?.only) return
    if (this.#checked) this.#writer.insert(row)
    else this.#writer.insertUnchecked(row)
    if (!this.#keys) return
    this.#unlooked.push(row)
    if (this.#unlooked.length >= rowsBetweenLookups && !this.#selfReferring) this.#lookUp()
  }

  #lookUp(): void {
    this.#writer.checkParents(this.#unlooked)
    this.#unlooked = []
  }

  finish(): number {
    this.#lookUp()
    if (this.#count > 0 && this.#writer.stored.some((column) => column.identity))
      storeIdentity(this.#x, this.#store, this.#target.table)
    return this.#count
  }
}

/** The state of 4816 where a column of the stream does not fit; undefined where it does. */
function mismatch(
  { wire: { type: wire }, nullable }: BulkColumn,
  declared: DataType,
  column: ColumnInfo,
  form: TokenForm,
): number | undefined {
  if (kindOf(wire) !== kindOf(declared)) return 1
  if (nullable !== undefined && nullable !== column.nullable) return 1
  const large = column.type.length === maxLength && ['varchar', 'nvarchar', 'varbinary'].includes(column.type.name)
  // Clients from before 7.2 know these types as text, ntext and image.
  return large && form.tds72 && wire.length !== maxLength ? 2 : undefined
}

function kindOf(type: DataType): string {
  const family = familyOf(type)
  switch (family) {
    case 'text':
      return isUnicode(type) ? 'unicode' : 'text'
    case 'exact':
      return type.name === 'money' || type.name === 'smallmoney' ? 'money' : 'decimal'
    case 'temporal':
      return type.name === 'smalldatetime' ? 'datetime' : type.name
    default:
      return type.name === 'bit' ? 'bit' : family
  }
}
