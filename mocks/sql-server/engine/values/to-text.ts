import { byteLength, cutToBytes, throughCodePage } from '../../tds/code-page.ts'
import { latin1 } from '../../tds/collation.ts'
import { type Cell, type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'
import { decimalText, unscaledOf } from '../../tds/types/decimal.ts'
import { openVariant } from '../../tds/types/variant-cell.ts'
import { clrText } from '../clr/convert-clr.ts'
import { errors } from '../errors.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { divideRounded } from './decimal-math.ts'
import { formatMoment } from './format-moment.ts'

/** The text of a cell, as an implicit conversion to varchar gives it. */
export function cellText(cell: Exclude<Cell, null>, type: DataType, style?: number): string {
  switch (familyOf(type)) {
    case 'variant': {
      const inner = openVariant(cell)
      return cellText(inner.cell, inner.type, style)
    }
    case 'exact': {
      const unscaled = unscaledOf(String(cell))
      if (type.name === 'money' || type.name === 'smallmoney') {
        const rounded = decimalText(style === 2 ? unscaled : divideRounded(unscaled, 100n), style === 2 ? 4 : 2)
        return style === 1 ? rounded.replace(/\B(?=(\d{3})+(?=\.))/g, ',') : rounded
      }
      return decimalText(unscaled, type.scale)
    }
    case 'approximate':
      return floatText(Number(cell), style)
    case 'temporal': {
      const text = formatMoment(String(cell), type, style)
      if (text === undefined) throw unsupported(`CONVERT of ${type.name} with style ${style}`)
      return text
    }
    case 'clr':
      return clrText(cell, type)
    case 'binary': {
      const bytes = Buffer.from(cell as Uint8Array)
      if (style === 1) return `0x${bytes.toString('hex').toUpperCase()}`
      if (style === 2) return bytes.toString('hex').toUpperCase()
      return bytes.toString('latin1')
    }
    default:
      return String(cell)
  }
}

function floatText(value: number, style: number | undefined): string {
  if (style === 3) return String(value)
  const digits = style === 1 ? 8 : style === 2 ? 16 : 6
  if (value === 0) return style ? value.toExponential(digits - 1) : '0'
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  if (!style && exponent >= -5 && exponent < 6) return String(Number(value.toPrecision(6)))
  const [mantissa = '', power = '0'] = value.toExponential(style ? digits - 1 : 5).split('e')
  const short = style ? mantissa : mantissa.replace(/\.?0+$/, '')
  return `${short}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(3, '0')}`
}

export function toText(cell: Exclude<Cell, null>, from: DataType, to: DataType, style: number | undefined): Cell {
  const unicodeFromBinary = familyOf(from) === 'binary' && isUnicode(to) && !style
  let text = unicodeFromBinary ? Buffer.from(cell as Uint8Array).toString('utf16le') : cellText(cell, from, style)
  const collation = to.collation ?? latin1
  const unicode = isUnicode(to)
  if (!unicode) text = throughCodePage(text, collation)
  const size = (of: string): number => (unicode ? of.length : byteLength(of, collation))
  if (to.length !== maxLength && to.length > 0 && size(text) > to.length) {
    const family = familyOf(from)
    if (from.name === 'xml')
      throw new SqlError(6354, 16, 10, 'Target string size is too small to represent the XML instance')
    if (family === 'integer') {
      if (unicode) throw errors.overflow('expression', to.name)
      text = '*'
    } else if (family === 'exact' || family === 'approximate')
      throw errors.overflow(from.name === 'decimal' ? 'numeric' : from.name, to.name)
    else if (family === 'guid')
      throw new SqlError(8170, 16, 2, 'Insufficient result space to convert uniqueidentifier value to char.')
    else text = unicode ? text.slice(0, to.length) : cutToBytes(text, to.length, collation)
  }
  if (to.name !== 'char' && to.name !== 'nchar') return text
  const left = to.length - size(text)
  return left > 0 ? text + ' '.repeat(left) : text
}
