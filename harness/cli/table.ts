import { visibleText } from '../report/visible-text.ts'

const GAP = '  '

/**
 * Rows under a head, in columns as wide as their widest cell. The last column is not padded. Where a width is given,
 * cells behind the first column, which holds names to copy, are wrapped between words until a line fits in it.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY) {
  const lines = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map((cell) => visibleText(cell)))]
  const widths = fitted(lines, width)
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join(GAP)
      .trimEnd()
  return `${lines.flatMap((cells) => wrapped(cells, widths).map(line)).join('\n')}\n`
}

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
