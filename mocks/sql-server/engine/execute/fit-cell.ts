import { byteLength, cutToBytes, throughCodePage } from '../../tds/code-page.ts'
import { latin1 } from '../../tds/collation.ts'
import { type DataType, isUnicode, maxLength } from '../../tds/data-type.ts'
import { trimmed } from '../values/text-key.ts'

/** `cuts` is ANSI_WARNINGS OFF: what is too long loses its end silently. */
export function fitText(cell: string, type: DataType, cuts: boolean, tooLong: () => Error): string {
  const collation = type.collation ?? latin1
  const unicode = isUnicode(type)
  let text = unicode ? cell : throughCodePage(cell, collation)
  const size = (of: string): number => (unicode ? of.length : byteLength(of, collation))
  if (type.length !== maxLength && type.length > 0 && size(text) > type.length) {
    // Blanks at the end go silently.
    if (size(trimmed(text)) > type.length && !cuts) throw tooLong()
    text = unicode ? text.slice(0, type.length) : cutToBytes(text, type.length, collation)
  }
  if (type.name !== 'char' && type.name !== 'nchar') return text
  const left = type.length - size(text)
  return left > 0 ? text + ' '.repeat(left) : text
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
