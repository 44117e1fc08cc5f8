/** Where a word that is too long for a line may end: behind these, rather than anywhere. */
const SEAMS = /[/,:;=&?)}\]-]/

/** Below that, a line has no room for words; it is then longer than wished. */
const NARROWEST = 20

export interface WrapWish {
  /** Characters of a line, its indent included; undefined leaves the text in one line. */
  readonly width: number | undefined
  /** In front of the first line, and of the others. */
  readonly indent: number
  readonly hanging?: number
  /** What is left out behind so many lines stands in the reports in full. */
  readonly maxLines?: number
}

/** A text in lines of a terminal's width, broken between words, and within one that is longer than a line. */
export function wrapText(text: string, { width, indent, hanging = indent, maxLines }: WrapWish): string[] {
  if (width === undefined) return [' '.repeat(indent) + text]
  const lines: string[] = []
  let rest = text
  while (rest !== '' || lines.length === 0) {
    const left = lines.length === 0 ? indent : hanging
    const room = Math.max(NARROWEST, width - left)
    if (lines.length + 1 === maxLines && rest.length > room) {
      lines.push(`${' '.repeat(left)}${rest.slice(0, room - 1)}…`)
      break
    }
    const end = endOfLine(rest, room)
    lines.push(' '.repeat(left) + rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return lines
}

/** How much of a text goes into one line. */
function endOfLine(text: string, room: number): number {
  if (text.length <= room) return text.length
  const space = text.lastIndexOf(' ', room)
  if (space > 0) return space
  for (let end = room; end > room / 2; end--) if (SEAMS.test(text.charAt(end - 1))) return end
  return room
}
