import { visibleText } from '../report/visible-text.ts'

/** Rows under a head, in columns as wide as their widest cell. The last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map((cell) => visibleText(cell)))
  const widths = head.map((title, column) => Math.max(title.length, ...clean.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[head.map((title) => title.toUpperCase()), ...clean].map(line).join('\n')}\n`
}
