import { throughCodePage } from '../../tds/code-page.ts'
import { latin1 } from '../../tds/collation.ts'
import { type DataType, isUnicode, maxLength } from '../../tds/data-type.ts'

/** `cuts` is ANSI_WARNINGS OFF: what is too long loses its end silently. */
export function fitText(cell: string, type: DataType, cuts: boolean, tooLong: () => Error): string {
  let text = cell
  if (type.length !== maxLength && type.length > 0 && text.length > type.length) {
    // Blanks at the end go silently.
    const trimmed = text.replace(/ +$/, '')
    if (trimmed.length > type.length && !cuts) throw tooLong()
    text = text.slice(0, type.length)
  }
  if (!isUnicode(type)) text = throughCodePage(text, type.collation ?? latin1)
  return (type.name === 'char' || type.name === 'nchar') && text.length < type.length ? text.padEnd(type.length) : text
}

export function fitBytes(cell: Uint8Array, type: DataType, cuts: boolean, tooLong: () => Error): Uint8Array {
  if (type.length === maxLength) return cell
  if (cell.length > type.length) {
    if (!cuts) throw tooLong()
    return cell.slice(0, type.length)
  }
  return type.name === 'binary' && cell.length < type.length
    ? Buffer.concat([cell, Buffer.alloc(type.length - cell.length)])
    : cell
}
