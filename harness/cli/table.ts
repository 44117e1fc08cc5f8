import { visibleText } from '../report/visible-text.ts'
import { wrapText } from '../report/wrap-text.ts'

const GAP = '  '

/** A last column that is narrower than that, and was wider, goes below its row. */
const NARROWEST_LAST = 30
const BELOW = 4

/**
 * Rows under a head, in columns as wide as their widest cell. The last column is not padded. Where a width is given, cells behind the
 * first column, which holds names to copy, are wrapped between words until a line fits in it; if none does, or only one with a
 * column that nobody reads, the last cells of each row go below it.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const lines = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map((cell) => visibleText(cell)))]
  let columns = head.length
  let widths = fitted(lines, width)
  while (columns > 1 && !isReadable(lines, widths, width)) {
    columns--
    widths = fitted(
      lines.map((cells) => cells.slice(0, columns)),
      width,
    )
  }
  const printed = lines.flatMap((cells) => [
    ...(columns === 1 && columns < head.length
      ? wrapText(cells[0] ?? '', { width, indent: 0, hanging: BELOW / 2 })
      : rowLines(cells.slice(0, columns), widths)),
    ...cells
      .slice(columns)
      .flatMap((cell) => (cell === '' || cell === '-' ? [] : wrapText(cell, { width, indent: BELOW }))),
  ])
  return `${printed.join('\n')}\n`
}

/** Whether the columns of these widths fit, and the last is not squeezed to a thread. */
function isReadable(lines: readonly (readonly string[])[], widths: readonly number[], width: number): boolean {
  const total = widths.reduce((sum, column) => sum + column + GAP.length, -GAP.length)
  const last = widths.length - 1
  const widestLast = Math.max(...lines.map((cells) => cells[last]?.length ?? 0))
  return total <= width && ((widths[last] ?? 0) >= NARROWEST_LAST || widths[last] === widestLast)
}

const rowLines = (cells: readonly string[], widths: readonly number[]): readonly string[] =>
  wrapped(cells, widths).map((parts) =>
    parts
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  )

/** Column widths: the widest column gives way first, none below its longest word. */
function fitted(lines: readonly (readonly string[])[], width: number): readonly number[] {
  const widest = (column: number, length: (cell: string) => number) =>
    Math.max(...lines.map((cells) => length(cells[column] ?? '')))
  const columns = (lines[0] ?? []).map((_, column) => ({
    width: widest(column, (cell) => cell.length),
    least: widest(column, (cell) => (column === 0 ? cell.length : longestWord(cell))),
  }))
  let excess = columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length) - width
  for (; excess > 0; excess--) {
    const pliant = columns.filter((column) => column.width > column.least)
    const giving = pliant.reduce((a, b) => (b.width > a.width ? b : a), pliant[0] ?? { width: 0, least: 0 })
    if (pliant.length === 0) break
    giving.width--
  }
  return columns.map((column) => column.width)
}

const longestWord = (text: string): number => Math.max(...text.split(' ').map((word) => word.length))

/** One row as the lines that it takes. */
function wrapped(cells: readonly string[], widths: readonly number[]): readonly (readonly string[])[] {
  const parts = cells.map((cell, column) => wordLines(cell, widths[column] ?? 0))
  const height = Math.max(...parts.map((lines) => lines.length))
  return Array.from({ length: height }, (_, index) => parts.map((lines) => lines[index] ?? ''))
}

function wordLines(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
