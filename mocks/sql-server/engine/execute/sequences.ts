/** Sequences: made, altered, and counted on. Their numbers do not go back with a transaction. */
import { requireDatabase, requireObject } from '../../security/permissions.ts'
import { type Cell, type DataType, familyOf, types } from '../../tds/data-type.ts'
import { decimalKey } from '../../tds/types/decimal.ts'
import type { Statement } from '../../tsql/ast.ts'
import type { SequenceOptions } from '../../tsql/programmable-ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import type { SequenceDef } from '../catalog/definitions.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import type { SqlDatabase } from '../storage/database.ts'
import { currentSession } from '../udf/running-session.ts'
import { integerCell } from '../values/to-number.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { catalogOf, type Execution } from './execution.ts'
import { placeOf } from './place.ts'

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
}

function rangeOf(type: DataType, name: string): readonly [bigint, bigint] {
  const known = ranges[type.name]
  if (known) return known
  if ((type.name === 'decimal' || type.name === 'numeric') && type.scale === 0) {
    const most = 10n ** BigInt(type.precision) - 1n
    return [-most, most]
  }
  throw new SqlError(
    11702,
    16,
    2,
    `The sequence object '${name}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, or any user-defined data type that is based on one of the above integer data types.`,
  )
}

export async function runSequence(
  x: Execution,
  s: Extract<Statement, { kind: 'createSequence' | 'alterSequence' }>,
): Promise<void> {
  const { session } = x
  const place = placeOf(x, s.name)
  const { database } = place
  const existing = catalogOf(session, database).object(place.schema, place.name)
  const now = session.instance.nowText()
  if (s.kind === 'createSequence') {
    requireDatabase(session, database, 'CREATE SEQUENCE')
    if (catalogOf(session, database).nameTaken(place.schema, place.name)) throw errors.exists(place.name)
    const type = s.options.type ? typeOfRef(s.options.type, session.collation) : types.bigint
    const made = settled(place.name, type, s.options, undefined)
    const sequence: SequenceDef = {
      kind: 'sequence',
      id: database.newObjectId(),
      schema: place.schema,
      name: place.name,
      created: now,
      modified: now,
      type,
      ...made,
    }
    await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [sequence]))
  } else {
    if (existing?.kind !== 'sequence') throw errors.noObject(s.name.join('.'), s.line)
    requireObject(x, database, 'ALTER', existing)
    const changed: SequenceDef = {
      ...existing,
      modified: now,
      ...settled(place.name, existing.type, s.options, existing),
    }
    await changeCatalog(x, database, [], (store) => putEntries(x, database, store, [changed]))
    if (s.options.restart !== undefined) database.restartSequence(existing.id)
  }
  x.sink.done({ kind: x.frame.done, command: 0 })
}

type Settled = Pick<SequenceDef, 'start' | 'increment' | 'min' | 'max' | 'cycle' | 'cache'>

function settled(name: string, type: DataType, options: SequenceOptions, before: SequenceDef | undefined): Settled {
  const [low, high] = rangeOf(type, name)
  const increment = options.increment ?? BigInt(before?.increment ?? 1)
  if (increment === 0n) throw new SqlError(11700, 16, 1, `The increment for sequence object '${name}' cannot be zero.`)
  const limit = (given: bigint | null | undefined, old: string | undefined, otherwise: bigint): bigint =>
    given === null ? otherwise : (given ?? (old === undefined ? otherwise : BigInt(old)))
  const min = limit(options.min, before?.min, low)
  const max = limit(options.max, before?.max, high)
  if (min >= max)
    throw new SqlError(
      11705,
      16,
      1,
      `The minimum value for sequence object '${name}' must be less than its maximum value.`,
    )
  const restart = typeof options.restart === 'bigint' ? options.restart : undefined
  const start = restart ?? options.start ?? (before ? BigInt(before.start) : increment > 0n ? min : max)
  if (start < min || start > max)
    throw new SqlError(
      11703,
      16,
      1,
      `The start value for sequence object '${name}' must be between the minimum and maximum value of the sequence object.`,
    )
  return {
    start: String(start),
    increment: String(increment),
    min: String(min),
    max: String(max),
    cycle: options.cycle ?? before?.cycle ?? false,
    cache: options.cache === undefined ? (before?.cache ?? 50) : options.cache,
  }
}

const cellOf = (value: bigint, type: DataType): Cell =>
  familyOf(type) === 'exact' ? decimalKey(value) : integerCell(value)

/** The next value; error 11728 where the sequence ends. */
export function advance(database: SqlDatabase, sequence: SequenceDef): bigint {
  const last = database.sequences.get(sequence.id)
  const increment = BigInt(sequence.increment)
  let next = last === undefined ? BigInt(sequence.start) : last + increment
  if (next > BigInt(sequence.max) || next < BigInt(sequence.min)) {
    if (!sequence.cycle)
      throw new SqlError(
        11728,
        16,
        1,
        `The sequence object '${sequence.name}' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.`,
      )
    next = BigInt(increment > 0n ? sequence.min : sequence.max)
  }
  database.setSequence(sequence.id, next)
  return next
}

/** `seq_(database, id)` in a bound statement: NEXT VALUE FOR. */
export function nextValue(databaseName: Cell, id: Cell): Cell {
  const session = currentSession()
  const database = session.instance.findDatabase(String(databaseName))
  const entry = database && catalogOf(session, database).entry(Number(id))
  if (!database || entry?.kind !== 'sequence') throw errors.noObject(`sequence ${String(id)}`, 0)
  return cellOf(advance(database, entry), entry.type)
}
