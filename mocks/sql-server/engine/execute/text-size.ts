/** SET TEXTSIZE: how much of a long value a client is sent, in bytes. */
import { type Cell, type DataType, familyOf, isUnicode, maxLength } from '../../tds/data-type.ts'

const unlimited = 2_147_483_647

/** -1 is without a limit too. */
const limited = (textSize: number): boolean => textSize >= 0 && textSize < unlimited

const long = (type: DataType): boolean =>
  type.name !== 'xml' &&
  familyOf(type) !== 'clr' &&
  (type.length === maxLength || type.name === 'text' || type.name === 'ntext')

/** Cuts rows to the session's text size; undefined where nothing can be cut. */
export function rowCutter(
  columns: readonly { readonly type: DataType }[],
  textSize: number,
): ((row: readonly Cell[]) => readonly Cell[]) | undefined {
  if (!limited(textSize) || !columns.some((column) => long(column.type))) return undefined
  return (row) =>
    row.map((cell, i) => {
      const type = columns[i]?.type
      if (!type || !long(type) || cell === null || typeof cell === 'number' || typeof cell === 'bigint') return cell
      const most = isUnicode(type) ? Math.floor(textSize / 2) : textSize
      return cell.length > most ? cell.slice(0, most) : cell
    })
}

/** The old types say in their description how long a value can come. */
export const sizedType = (type: DataType, textSize: number): DataType =>
  limited(textSize) && (type.name === 'text' || type.name === 'ntext' || type.name === 'image')
    ? { ...type, length: textSize }
    : type
