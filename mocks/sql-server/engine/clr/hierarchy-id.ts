/** hierarchyid: paths such as `/1/2.1/` as bits that sort as a walk through the tree does. */
import { clrError } from './clr-error.ts'

/** Labels of one level: `/2.1/` has [2, 1]. */
export type Level = readonly bigint[]
export type Path = readonly Level[]

interface Pattern {
  readonly low: bigint
  readonly high: bigint
  /** `x` are bits of the distance from the lowest; `t` ends a level (1) or leads on to a `.` (0). */
  readonly bits: string
  readonly prefix: string
}

const pattern = (low: bigint, high: bigint, bits: string): Pattern => ({
  low,
  high,
  bits,
  prefix: bits.slice(0, bits.indexOf('x')),
})

const patterns: readonly Pattern[] = [
  pattern(-281_479_271_682_120n, -4_294_971_465n, '000100xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxt'),
  pattern(-4_294_971_464n, -4169n, '000101xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxt'),
  pattern(-4168n, -73n, '000110xxxxx0xxx0x1xxxt'),
  pattern(-72n, -9n, '0010xx0x1xxxt'),
  pattern(-8n, -1n, '00111xxxt'),
  pattern(0n, 3n, '01xxt'),
  pattern(4n, 7n, '100xxt'),
  pattern(8n, 15n, '101xxxt'),
  pattern(16n, 79n, '110xx0x1xxxt'),
  pattern(80n, 1103n, '1110xxx0xxx0x1xxxt'),
  pattern(1104n, 5199n, '11110xxxxx0xxx0x1xxxt'),
  pattern(5200n, 4_294_972_495n, '111110xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxt'),
  pattern(4_294_972_496n, 281_479_271_683_151n, '111111xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxxt'),
]
export const maxHierarchyBytes = 892

const exception = 'Microsoft.SqlServer.Types.HierarchyIdException'
export const hierarchyError = (text: string): Error => clrError('hierarchyid', exception, text, 2)

export function parsePath(text: string): Path {
  const notPath = () =>
    hierarchyError(
      `24001: SqlHierarchyId.Parse failed because the input string '${text}' is not a valid string representation of a SqlHierarchyId node.`,
    )
  if (!/^\/(?:-?\d{1,15}(?:\.-?\d{1,15})*\/)*$/.test(text)) throw notPath()
  return text
    .split('/')
    .slice(1, -1)
    .map((level) => level.split('.').map((label) => BigInt(label)))
}

export const pathText = (path: Path): string => `/${path.map((level) => `${level.join('.')}/`).join('')}`

export function encodePath(path: Path): Buffer {
  let bits = ''
  for (const level of path) {
    level.forEach((label, i) => {
      const last = i === level.length - 1
      // What leads on to a `.` counts as one more, so that it sorts behind the label by itself.
      bits += labelBits(last ? label : label + 1n, last)
    })
  }
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8))
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(bits.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2)
  if (bytes.length > maxHierarchyBytes) throw hierarchyError('24005: SqlHierarchyId is too long.')
  return bytes
}

function labelBits(value: bigint, last: boolean): string {
  const found = patterns.find(({ low, high }) => value >= low && value <= high)
  if (!found) throw hierarchyError('24005: A label of the SqlHierarchyId is out of range.')
  const size = found.bits.replace(/[^x]/g, '').length
  const digits = (value - found.low).toString(2).padStart(size, '0')
  let at = 0
  return found.bits.replace(/[xt]/g, (letter) => (letter === 't' ? (last ? '1' : '0') : (digits[at++] ?? '0')))
}

export function decodePath(bytes: Uint8Array): Path {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const broken = () =>
    hierarchyError(
      '24000: SqlHierarchyId operation failed because HierarchyId object was constructed from an invalid binary string.',
    )
  if (bytes.length > maxHierarchyBytes) throw broken()
  const path: bigint[][] = []
  let level: bigint[] = []
  let at = 0
  while (bits.indexOf('1', at) !== -1) {
    const found = patterns.find(({ prefix }) => bits.startsWith(prefix, at))
    if (!found || at + found.bits.length > bits.length) throw broken()
    let digits = ''
    let last = false
    for (const letter of found.bits) {
      const bit = bits[at]
      at += 1
      if (letter === 'x') digits += bit
      else if (letter === 't') last = bit === '1'
      else if (letter !== bit) throw broken()
    }
    const value = found.low + BigInt(`0b${digits}`)
    level.push(last ? value : value - 1n)
    if (!last) continue
    path.push(level)
    level = []
  }
  if (level.length > 0 || bits.length - at >= 8) throw broken()
  return path
}
