/** EXECUTE … WITH RESULT SETS: the results of a call under other names and types. */

import type { Cell, DataType } from '../../tds/data-type.ts'
import type { ResultShapes } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { SqlError } from '../sql-error.ts'
import { convertFor } from './convert-for.ts'
import type { Execution } from './execution.ts'

const tooMany = (sets: number): SqlError =>
  new SqlError(
    11535,
    16,
    1,
    `EXECUTE statement failed because its WITH RESULT SETS clause specified ${sets} result set(s), and the statement tried to send more result sets than this.`,
  )

const otherWidth = (set: number, wanted: number, sent: number): SqlError =>
  new SqlError(
    11537,
    16,
    1,
    `EXECUTE statement failed because its WITH RESULT SETS clause specified ${wanted} column(s) for result set number ${set}, but the statement sent ${sent} column(s) at run time.`,
  )

const noNull = (column: number, set: number): SqlError =>
  new SqlError(
    11553,
    16,
    1,
    `EXECUTE statement failed because its WITH RESULT SETS clause specified a non-nullable type for column #${column} in result set #${set}, and the corresponding value sent at run time was null.`,
  )

/** The execution with a sink that gives every result set its declared shape. */
export function shaped(x: Execution, shapes: ResultShapes): Execution {
  const { sink } = x
  let sets = 0
  let from: readonly DataType[] = []
  let to: readonly { readonly type: DataType; readonly nullable: boolean }[] = []
  return {
    ...x,
    sink: {
      columns: (columns, order, browse) => {
        const shape = shapes[sets]
        sets += 1
        if (!shape) throw tooMany(shapes.length)
        if (shape.length !== columns.length) throw otherWidth(sets, shape.length, columns.length)
        from = columns.map(({ type }) => type)
        to = shape.map(({ type, nullable }) => ({ type: typeOfRef(type, x.session.collation), nullable }))
        sink.columns(
          columns.map((column, i) => ({ ...column, ...to[i], name: shape[i]?.name ?? column.name })),
          order,
          browse,
        )
      },
      row: (cells) =>
        sink.row(
          cells.map((cell, i): Cell => {
            const [was, is] = [from[i], to[i]]
            if (!was || !is) return cell
            if (cell === null && !is.nullable) throw noNull(i + 1, sets)
            return convertFor(x.session, cell, was, is.type)
          }),
        ),
      breathe: () => sink.breathe(),
      done: (done) => sink.done(done),
      message: (message) => sink.message(message),
      envChange: (change) => sink.envChange(change),
      returnStatus: (status) => sink.returnStatus(status),
      returnValue: (value) => sink.returnValue(value),
    },
  }
}
