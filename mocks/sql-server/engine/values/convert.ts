/** CAST and CONVERT, from every type to every other, with the errors of a failed conversion. */
import { type Cell, type DataType, familyOf, isUnicode, types } from '../../tds/data-type.ts'
import { openVariant, variantCell } from '../../tds/types/variant-cell.ts'
import { toClr } from '../clr/convert-clr.ts'
import { errors } from '../errors.ts'
import { currentCalendar } from '../udf/running-session.ts'
import { xmlCell, xmlOfBytes } from '../xml/xml-value.ts'
import { type DateReading, parseMoment } from './parse-moment.ts'
import { cellOfMoment, days1900, momentOfCell } from './temporal.ts'
import { toBinary, toGuid } from './to-binary.ts'
import { toExact, toFloat, toInteger } from './to-number.ts'
import { toText } from './to-text.ts'

/** Converts one value. `style` is CONVERT's third argument. */
export function convertCell(cell: Cell, from: DataType, to: DataType, style?: number): Cell {
  if (cell === null) return null
  if (from.name === 'sql_variant') {
    const inner = openVariant(cell)
    return convertCell(inner.cell, inner.type, to, style)
  }
  switch (familyOf(to)) {
    case 'integer':
      return toInteger(cell, from, to)
    case 'approximate': {
      const value = toFloat(cell, from, to)
      return to.name === 'real' ? Math.fround(value) : value
    }
    case 'exact':
      return toExact(cell, from, to)
    case 'temporal':
      return toTemporal(cell, from, to, style)
    case 'text':
      return to.name === 'xml' && from.name !== 'xml' ? toXml(cell, from, to, style) : toText(cell, from, to, style)
    case 'binary':
      return toBinary(cell, from, to, style)
    case 'guid':
      return toGuid(cell, from)
    case 'clr':
      return toClr(cell, from, to)
    case 'variant':
      if (familyOf(from) === 'clr') throw errors.explicitNeeded(from.name, to.name)
      return variantCell(cell, from)
  }
}

function toXml(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  if (cell instanceof Uint8Array) return xmlOfBytes(cell, style)
  if (familyOf(from) !== 'text') throw errors.explicitNeeded(from.name, to.name)
  return xmlCell(String(cell), isUnicode(from), style)
}

function toTemporal(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  switch (familyOf(from)) {
    case 'temporal':
      return from.name === to.name && from.scale === to.scale
        ? cell
        : cellOfMoment(convertMoment(cell, from, to), to, from.name)
    case 'text': {
      const moment = parseMoment(String(cell), readingFor(to, style))
      if (!moment) {
        // A well-formed date that does not exist is out of range for the old types.
        if (
          (to.name === 'datetime' || to.name === 'smalldatetime') &&
          /^\s*\d{1,4}[-/.]?\d{1,2}[-/.]?\d{1,4}/.test(String(cell))
        )
          throw errors.dateRange(from.name, to.name)
        throw errors.dateConversion()
      }
      return cellOfMoment(moment, to, from.name)
    }
    case 'integer':
    case 'approximate':
    case 'exact': {
      if (to.name !== 'datetime' && to.name !== 'smalldatetime') throw errors.explicitNeeded(from.name, to.name)
      const days = toFloat(cell, from, types.float)
      const whole = Math.floor(days)
      return cellOfMoment(
        { days: days1900 + whole, ticks: BigInt(Math.round((days - whole) * 864_000_000_000)), offsetMinutes: 0 },
        to,
        from.name,
      )
    }
    default:
      throw errors.explicitNeeded(from.name, to.name)
  }
}

const formatOfStyle: Readonly<Record<number, string>> = {
  1: 'mdy',
  2: 'ymd',
  3: 'dmy',
  4: 'dmy',
  5: 'dmy',
  6: 'dmy',
  7: 'mdy',
  10: 'mdy',
  11: 'ymd',
  12: 'ymd',
  20: 'ymd',
  21: 'ymd',
}

/** How a text is read as a date: as the style says, or as the session does. */
export function readingFor(to: DataType, style?: number): DateReading {
  const { dateFormat, language } = currentCalendar()
  const format = style === undefined ? undefined : formatOfStyle[style % 100]
  return { format: format ?? dateFormat, language, old: to.name === 'datetime' || to.name === 'smalldatetime' }
}

const convertMoment = (cell: Cell, from: DataType, to: DataType) => {
  const moment = momentOfCell(String(cell), from)
  return to.name === 'datetimeoffset' ? moment : { ...moment, offsetMinutes: 0 }
}
