import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { byteLength } from '../../tds/code-page.ts'
import { collationOf, latin1 } from '../../tds/collation.ts'
import type { Cell } from '../../tds/data-type.ts'
import { decimalBytes } from '../../tds/types/decimal.ts'
import { errors } from '../errors.ts'
import { SqlError } from '../sql-error.ts'
import { formatMessage } from '../values/format-message.ts'
import { fold, likePattern } from '../values/like.ts'
import { scalarBytes } from '../values/object-length.ts'
import { type KeyName, textKey, trimmed } from '../values/text-key.ts'
import { variantKey } from '../values/variant-key.ts'
import { strict, type Udf } from './udf.ts'

const text = (cell: Cell): string =>
  typeof cell === 'string' ? cell : cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : String(cell)
const maxText = 64 * 1024 * 1024
/** STR gives a varchar(8000) at most, and NULL beyond. */
const maxStr = 8000
const keyNames: readonly KeyName[] = ['k_ci_as', 'k_ci_ai', 'k_cs_as', 'k_cs_ai', 'k_bin']

/** One letter stays one letter, whatever Unicode makes of ß. */
function upperOf(whole: string): string {
  const upper = whole.toUpperCase()
  if (upper.length === whole.length) return upper
  return whole.replace(/./gsu, (c) => (c.toUpperCase().length === c.length ? c.toUpperCase() : c))
}

/** Backwards, with the two halves of a character beyond U+FFFF in their order. */
const reversed = (whole: string): string =>
  Buffer.from(whole, 'utf16le')
    .reverse()
    .swap16()
    .toString('utf16le')
    .replace(/([\udc00-\udfff])([\ud800-\udbff])/g, '$2$1')

/** Index of a text in another, by collation; from 1, 0 for none. */
function indexOf(what: string, where: string, from: number, key: KeyName): number {
  if (what === '') return 0
  const at = fold(where, key).indexOf(fold(what, key), Math.max(0, from - 1))
  return at + 1
}

const patternIndex = (pattern: string, where: string, key: KeyName): number =>
  likePattern(pattern, null, key).search(fold(where, key)) + 1

function replaceAll(where: string, what: string, by: string, key: KeyName): string {
  if (what === '') return where
  const folded = fold(where, key)
  const wanted = fold(what, key)
  if (folded.length !== where.length) return where.replaceAll(what, by)
  let out = ''
  let at = 0
  for (let next = folded.indexOf(wanted); next !== -1; next = folded.indexOf(wanted, at)) {
    out += where.slice(at, next) + by
    at = next + wanted.length
    if (out.length > maxText) throw errors.outOfMemory()
  }
  return out + where.slice(at)
}

/** DATALENGTH: bytes as SQL Server stores them. */
function bytesOf(
  value: Exclude<Cell, null>,
  type: string,
  precision: number,
  scale: number,
  collation: string,
): number {
  const scalar = scalarBytes[type]
  if (scalar !== undefined) return scalar
  if (type === 'decimal' || type === 'numeric') return decimalBytes(precision)
  if (type === 'time' || type === 'datetime2' || type === 'datetimeoffset')
    return (scale <= 2 ? 3 : scale <= 4 ? 4 : 5) + (type === 'time' ? 0 : type === 'datetime2' ? 3 : 5)
  if (value instanceof Uint8Array) return value.length
  if (type.startsWith('n') || type === 'xml') return text(value).length * 2
  return byteLength(text(value), collationOf(collation) ?? latin1)
}

const numeric = /^[+-]?\s*(?:[$€£]\s*)?[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eEdD][+-]?\d+)?$/

const quotes: Readonly<Record<string, readonly [string, string]>> = {
  '[': ['[', ']'],
  ']': ['[', ']'],
  "'": ["'", "'"],
  '"': ['"', '"'],
  '(': ['(', ')'],
  ')': ['(', ')'],
  '{': ['{', '}'],
  '}': ['{', '}'],
  '<': ['<', '>'],
  '>': ['<', '>'],
  '`': ['`', '`'],
}

function hash(algorithm: string, value: Exclude<Cell, null>, type: string): Cell {
  const names: Readonly<Record<string, string>> = {
    MD5: 'md5',
    SHA: 'sha1',
    SHA1: 'sha1',
    SHA2_256: 'sha256',
    SHA2_512: 'sha512',
  }
  const name = names[algorithm.toUpperCase()]
  if (!name) return null
  const bytes =
    value instanceof Uint8Array ? value : Buffer.from(text(value), type.startsWith('n') ? 'utf16le' : 'latin1')
  return createHash(name).update(bytes).digest()
}

export const textUdfs: readonly Udf[] = [
  strict('agg_fit', (value, limit) => {
    if (text(value).length > Number(limit))
      throw new SqlError(
        9829,
        16,
        1,
        'STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.',
      )
    return value
  }),
  ...keyNames.map((name) =>
    strict(name, (value) => (value instanceof Uint8Array ? value : textKey(name, text(value)))),
  ),
  strict('k_guid', (value) => {
    // The last group counts most, then the fourth, and the bytes of the first three as they lie.
    const plain = text(value).replaceAll('-', '')
    const bytes = [
      plain.slice(20),
      plain.slice(16, 20),
      plain.slice(14, 16),
      plain.slice(12, 14),
      plain.slice(10, 12),
      plain.slice(8, 10),
      plain.slice(6, 8),
      plain.slice(4, 6),
      plain.slice(2, 4),
      plain.slice(0, 2),
    ]
    return bytes.join('')
  }),
  {
    name: 'like_',
    pure: true,
    call: (value, pattern, escaper, key) =>
      value === null || pattern === null
        ? null
        : likePattern(text(pattern), escaper === null ? null : text(escaper), key as KeyName).test(
              fold(text(value), key as KeyName),
            )
          ? 1
          : 0,
  },
  strict('s_len', (value) => trimmed(text(value)).length),
  strict('k_variant', (value) => variantKey(value), true),
  strict('s_bytes', (value, type, precision, scale, collation) =>
    bytesOf(value, text(type), Number(precision), Number(scale), text(collation)),
  ),
  strict('s_upper', (value) => upperOf(text(value))),
  strict('s_lower', (value) => text(value).toLowerCase()),
  strict('s_reverse', (value) => reversed(text(value))),
  strict('s_left', (value, count) => {
    if (Number(count) < 0) throw errors.invalidLength('LEFT')
    return text(value).slice(0, Number(count))
  }),
  strict('s_right', (value, count) => {
    if (Number(count) < 0) throw errors.invalidLength('RIGHT')
    return Number(count) === 0 ? '' : text(value).slice(-Number(count))
  }),
  strict('s_sub', (value, start, length) => {
    if (Number(length) < 0) throw errors.invalidLength('substring')
    const from = Number(start) - 1
    const to = from + Number(length)
    if (value instanceof Uint8Array) return Buffer.from(value.subarray(Math.max(0, from), Math.max(0, to)))
    return text(value).slice(Math.max(0, from), Math.max(0, to))
  }),
  strict('s_index', (what, where, from, key) => indexOf(text(what), text(where), Number(from), text(key) as KeyName)),
  strict('s_pattern', (pattern, where, key) => patternIndex(text(pattern), text(where), text(key) as KeyName)),
  strict('s_replace', (where, what, by, key) => replaceAll(text(where), text(what), text(by), text(key) as KeyName)),
  strict('s_repeat', (value, count) => {
    if (Number(count) < 0) return null
    if (text(value).length * Number(count) > maxText) throw errors.outOfMemory()
    return text(value).repeat(Number(count))
  }),
  strict('s_stuff', (value, start, length, by) => {
    const from = Number(start)
    const whole = text(value)
    if (from < 1 || from > whole.length || Number(length) < 0) return null
    return whole.slice(0, from - 1) + text(by) + whole.slice(from - 1 + Number(length))
  }),
  strict('s_str', (value, length, decimals) => {
    const shown = Number(value).toFixed(Math.min(16, Math.max(0, Number(decimals))))
    const wide = Number(length)
    if (wide < 0 || wide > maxStr) return null
    return shown.length > wide ? '*'.repeat(wide) : shown.padStart(wide)
  }),
  {
    name: 's_join',
    pure: true,
    call: (separator, ...parts) =>
      parts
        .filter((part) => part !== null)
        .map(text)
        .join(separator === null ? '' : text(separator)),
  },
  strict('s_char', (code, unicode) => {
    const number = Number(code)
    if (number < 0 || number > (unicode ? 65_535 : 255)) return null
    return unicode ? String.fromCharCode(number) : new TextDecoder('windows-1252').decode(Uint8Array.of(number))
  }),
  strict('s_code', (value, unicode) => {
    const whole = text(value)
    if (whole === '') return null
    const code = whole.charCodeAt(0)
    return unicode || code < 256 ? code : 63
  }),
  strict('s_quote', (value, quote) => {
    const pair = quotes[text(quote)]
    if (!pair || text(value).length > 128) return null
    return `${pair[0]}${text(value).replaceAll(pair[1], pair[1] + pair[1])}${pair[1]}`
  }),
  strict('s_translate', (value, from, to) => {
    const a = [...text(from)]
    const z = [...text(to)]
    if (a.length !== z.length)
      throw new SqlError(
        9828,
        16,
        1,
        'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
      )
    const places = new Map(a.map((c, i) => [c.toLowerCase(), z[i] ?? c] as const).reverse())
    return text(value).replace(/./gsu, (c) => places.get(c.toLowerCase()) ?? c)
  }),
  strict('s_escape', (value) => JSON.stringify(text(value)).slice(1, -1).replaceAll('/', '\\/')),
  strict('s_part', (value, at) => {
    const parts = text(value)
      .split('.')
      .map((part) => part.replace(/^\[(.*)\]$/s, '$1').replace(/^"(.*)"$/s, '$1'))
    return Number(at) < 1 || parts.length > 4 ? null : (parts.at(-Number(at)) ?? null)
  }),
  {
    name: 's_numeric',
    pure: true,
    call: (value) => (value !== null && numeric.test(text(value).trim()) ? 1 : 0),
  },
  {
    name: 's_format',
    pure: true,
    call: (format, ...args) => (format === null ? null : formatMessage(text(format), args)),
  },
  strict('hash_bytes', (algorithm, value, type) => hash(text(algorithm), value, text(type))),
  strict('b_concat', (a, b) => Buffer.concat([a as Uint8Array, b as Uint8Array])),
]
