import { type DataType, familyOf, type TypeName } from '../../tds/data-type.ts'
import { unscaledOf } from '../../tds/types/decimal.ts'
import { SqlError } from '../sql-error.ts'
import { type Culture, cultureOf } from '../values/culture.ts'
import { parseDecimal } from '../values/decimal-math.ts'
import { formatDate, formatTime } from '../values/format-date.ts'
import { formatNumber } from '../values/format-number.ts'
import { momentOfCell } from '../values/temporal.ts'
import { strict, type Udf } from './udf.ts'

/** A float as its fifteen digits say it. */
function digitsOfFloat(value: number): { unscaled: bigint; scale: number } {
  const [mantissa = '0', power = '0'] = value.toExponential(14).split('e')
  const unscaled = BigInt(mantissa.replace('.', ''))
  const scale = 14 - Number(power)
  if (scale < 0) return { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 }
  let [u, s] = [unscaled, scale]
  while (s > 0 && u % 10n === 0n) [u, s] = [u / 10n, s - 1]
  return { unscaled: u, scale: s }
}

const numeric = new Set(['integer', 'exact', 'approximate'])

/** What PARSE reads: numbers with the culture's marks, dates in its order. Written again as T-SQL has them. */
function plainText(text: string, type: string, culture: Culture): string | undefined {
  const family = familyOf({ name: type as TypeName } as DataType)
  if (numeric.has(family)) {
    const money = type === 'money' || type === 'smallmoney'
    let rest = text.trim().replaceAll(culture.group, '').replace(culture.point, '.')
    if (money) rest = rest.replace(/[$£€]/, '').trim()
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(rest) || (family === 'approximate' && parseDecimal(rest) !== undefined)
      ? rest
      : undefined
  }
  if (family !== 'temporal') return undefined
  const dated = text.trim().replace(/^\p{L}+,\s*/u, '')
  const found = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(.*)$/.exec(dated)
  if (!found) return dated
  const [, a = '', , b = '', year = '', tail = ''] = found
  const [month, day] = culture.dayFirst ? [b, a] : [a, b]
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}${tail}`
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The characters of an xml value without its tags. */
const xmlText = (xml: string): string =>
  xml
    .replace(/<!--.*?-->|<[^>]*>/gs, '')
    .replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_, hex?: string, decimal?: string, name?: string) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (entities.get(name) ?? ''),
    )

export const formatUdfs: readonly Udf[] = [
  strict('xml_text', (xml) => xmlText(String(xml))),
  strict('s_format_value', (cell, name, scale, format, cultureName) => {
    const culture = cultureOf(String(cultureName))
    const type = { name: String(name) as TypeName, length: 0, precision: 0, scale: Number(scale) }
    const text = String(format)
    switch (familyOf(type)) {
      case 'temporal': {
        const moment = momentOfCell(String(cell), type)
        return type.name === 'time'
          ? formatTime(moment.ticks, text)
          : formatDate(moment, text, culture, type.name === 'datetimeoffset')
      }
      case 'integer':
        return formatNumber({ unscaled: BigInt(cell as number), scale: 0, whole: true }, text, culture)
      case 'exact':
        return formatNumber({ unscaled: unscaledOf(String(cell)), scale: type.scale, whole: false }, text, culture)
      default:
        return formatNumber({ ...digitsOfFloat(Number(cell)), whole: false }, text, culture)
    }
  }),
  strict('plain_text', (text, type, cultureName, trying) => {
    const plain = plainText(String(text), String(type), cultureOf(String(cultureName)))
    if (plain !== undefined) return plain
    if (trying) return null
    throw new SqlError(
      9819,
      16,
      1,
      `Error converting string value '${String(text)}' into data type ${String(type)} using culture '${String(cultureName)}'.`,
    )
  }),
]
