/** Texts cut into rows and fields, as BULK INSERT reads its files. */

export interface Delimiters {
  readonly field: string
  readonly row: string
  /** FORMAT = 'CSV': what fields may stand in, so that delimiters can be in them; empty for none. */
  readonly quote: string
}

/** `\t`, `\n`, `\r`, `\\`, `\0` and `0x0a` as terminators are written. */
export function terminator(written: string): string {
  const bytes = /^0x((?:[0-9a-f]{2})+)$/i.exec(written)?.[1]
  if (bytes) return Buffer.from(bytes, 'hex').toString('latin1')
  return written.replace(/\\(.)/g, (all, letter: string) => escapes.get(letter) ?? all)
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['0', '\0'],
  ['\\', '\\'],
])

/** The rows of a text; the last may lack its terminator. A row terminator `\n` takes the `\r` before it along. */
export function* rowsOfText(text: string, { field, row, quote }: Delimiters): Generator<string[]> {
  let at = 0
  while (at < text.length) {
    const fields: string[] = []
    for (;;) {
      const [value, end] = quote !== '' && text.startsWith(quote, at) ? quoted(text, at, quote) : plain(text, at)
      fields.push(value)
      at = end
      if (!text.startsWith(field, at)) break
      at += field.length
    }
    if (row === '\n' && text.startsWith('\r\n', at)) at += 2
    else if (text.startsWith(row, at)) at += row.length
    yield fields
  }

  function plain(from: string, start: number): [string, number] {
    const nextField = indexOf(from, field, start)
    let nextRow = indexOf(from, row, start)
    if (row === '\n' && from[nextRow - 1] === '\r' && nextRow > start && nextRow < nextField) nextRow -= 1
    const end = Math.min(nextField, nextRow)
    return [from.slice(start, end), end]
  }
}

function indexOf(text: string, wanted: string, start: number): number {
  const at = text.indexOf(wanted, start)
  return at === -1 ? text.length : at
}

/** A field in quotes: two of them are one. */
function quoted(text: string, start: number, quote: string): [string, number] {
  let value = ''
  let at = start + quote.length
  for (;;) {
    const end = text.indexOf(quote, at)
    if (end === -1) return [value + text.slice(at), text.length]
    value += text.slice(at, end)
    at = end + quote.length
    if (!text.startsWith(quote, at)) return [value, at]
    value += quote
    at += quote.length
  }
}
