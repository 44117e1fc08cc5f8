import { gunzipSync, gzipSync } from 'node:zlib'
import type { Cell } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'
import { strict, type Udf } from './udf.ts'

const codes = ['', 'BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R']
const codeOf = (letter: string): number => codes.findIndex((letters, i) => i > 0 && letters.includes(letter))

/** The first letter and three digits for the sounds behind it; H and W do not part equal sounds, vowels do. */
function soundex(text: string): string {
  const letters = /^[A-Z]+/.exec(text.trimStart().toUpperCase())?.[0]
  if (!letters) return '0000'
  let out = letters.charAt(0)
  let before = codeOf(out)
  for (const letter of letters.slice(1)) {
    if (letter === 'H' || letter === 'W') continue
    const code = codeOf(letter)
    if (code > 0 && code !== before) out += String(code)
    before = code
    if (out.length === 4) break
  }
  return out.padEnd(4, '0')
}

const bytesOf = (cell: Cell): Uint8Array =>
  cell instanceof Uint8Array ? cell : Buffer.from(cell === null ? '' : String(cell), 'utf8')

/** Each byte turned in by four bits; a single integer is its own checksum. */
function checksum(cells: readonly Cell[]): number {
  const [only] = cells
  if (cells.length === 1 && typeof only === 'number' && Number.isInteger(only)) return only | 0
  let sum = 0
  for (const cell of cells) {
    for (const byte of bytesOf(cell)) sum = ((sum << 4) | (sum >>> 28)) ^ byte
    if (cell === null) sum = ((sum << 4) | (sum >>> 28)) ^ 0x7fffffff
  }
  return sum | 0
}

const maxUnpacked = 64 * 1024 * 1024

export const hashUdfs: readonly Udf[] = [
  { name: 'checksum_', pure: true, call: (...cells) => checksum(cells) },
  strict('soundex_', (text) => soundex(String(text))),
  strict('soundex_like_', (a, z) => {
    const other = soundex(String(z))
    return [...soundex(String(a))].filter((c, i) => c === other[i]).length
  }),
  strict('gzip_', (value, type) =>
    gzipSync(
      value instanceof Uint8Array
        ? value
        : Buffer.from(String(value), String(type).startsWith('n') ? 'utf16le' : 'latin1'),
    ),
  ),
  strict('gunzip_', (value) => {
    try {
      return gunzipSync(bytesOf(value), { maxOutputLength: maxUnpacked })
    } catch (error) {
      if (error instanceof RangeError) throw error
      throw new SqlError(9833, 16, 2, 'Invalid data for DECOMPRESS.')
    }
  }),
]
