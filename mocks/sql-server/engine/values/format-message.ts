import type { Cell } from '../../tds/data-type.ts'

/** Of the text; the dots behind it come on top. */
const longest = 2044

/** RAISERROR's and FORMATMESSAGE's patterns: %s, %d, %i, %u, %o, %x with width, and %%. */
export function formatMessage(format: string, args: readonly Cell[]): string {
  let at = 0
  const text = format.replace(
    /%([-+0 #]*)(\*|\d+)?(?:\.(\*|\d+))?(?:l|h|I64)?([sdiuoxX%])/g,
    (whole, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%'
      const size = Math.min(longest, width === '*' ? Number(args[at++] ?? 0) : Number(width ?? 0))
      const limit =
        precision === undefined ? undefined : precision === '*' ? Number(args[at++] ?? 0) : Number(precision)
      if (at >= args.length) return kind === 's' ? '(null)' : whole
      const value = args[at++] ?? null
      let shown = value === null ? '(null)' : show(kind, value)
      if (limit !== undefined && kind === 's') shown = shown.slice(0, limit)
      if (flags.includes('+') && kind === 'd' && !shown.startsWith('-')) shown = `+${shown}`
      return flags.includes('-')
        ? shown.padEnd(size)
        : shown.padStart(size, flags.includes('0') && kind !== 's' ? '0' : ' ')
    },
  )
  return text.length > longest ? `${text.slice(0, longest)}...` : text
}

function show(kind: string, value: Exclude<Cell, null>): string {
  if (kind === 's') return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
  const number = Number(value)
  if (kind === 'x') return (number >>> 0).toString(16)
  if (kind === 'X') return (number >>> 0).toString(16).toUpperCase()
  if (kind === 'o') return (number >>> 0).toString(8)
  return kind === 'u' ? String(number >>> 0) : String(number)
}
