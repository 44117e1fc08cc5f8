import { timeType, types } from '../../tds/data-type.ts'
import type { SqlSession } from '../session.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'

/** The moment of the statement, in the type that a function gives. */
export function clockOf(session: SqlSession, name: string): string {
  const moment = momentOfDate(session.statementTime)
  switch (name) {
    case 'date':
      return cellOfMoment(moment, types.date)
    case 'datetime2':
      return cellOfMoment(moment, timeType('datetime2'))
    case 'datetimeoffset':
      return cellOfMoment(moment, timeType('datetimeoffset'))
    default:
      return cellOfMoment(moment, types.datetime)
  }
}
