import { HarnessError } from '../context/error.ts'

export type Path = readonly (string | number)[]

export interface Position {
  readonly line: number
  readonly column: number
}

/** Where the parts of a landscape stand in the file from which it was read. Lines and columns count from 1. */
export interface Positions {
  readonly fileName: string
  of(path: Path, part: 'key' | 'value'): Position | undefined
}

/** One thing that is wrong in a landscape. */
export interface Problem {
  readonly path: Path
  /** What of it is wrong: its key, its value, or that it is not there (then its parent's place is shown). */
  readonly part: 'key' | 'value' | 'absent'
  readonly text: string
}

const MOST_PROBLEMS_LISTED = 20

export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  )

function positionOf({ path, part }: Problem, positions: Positions): Position | undefined {
  const position = part === 'absent' ? positions.of(path.slice(0, -1), 'key') : positions.of(path, part)
  return position ?? (path.length === 0 ? { line: 1, column: 1 } : undefined)
}

/** One error that lists the problems, one a line, up to twenty. */
export function landscapeInvalid(lines: readonly string[], cause?: unknown): HarnessError {
  const shown = lines.slice(0, MOST_PROBLEMS_LISTED)
  const more = lines.length - shown.length
  if (more > 0) shown.push(`… and ${more} more`)
  return new HarnessError('landscape-invalid', shown.join('\n'), cause === undefined ? {} : { cause })
}

/** One error that lists the problems in the order of the file; what is not in it (`--with`, `--set`) comes last. */
export function invalidBy(problems: readonly Problem[], positions: Positions | undefined): HarnessError {
  const lines = problems.map((problem) => {
    const { path, text } = problem
    const position = positions && positionOf(problem, positions)
    const place = positions && position ? `${positions.fileName}:${position.line}:${position.column}: ` : ''
    return { position, text: `${place}${path.length > 0 ? `${pathText(path)}: ` : ''}${text}` }
  })
  const beyond = { line: Number.POSITIVE_INFINITY, column: 0 }
  lines.sort(({ position: a = beyond }, { position: b = beyond }) =>
    a.line === b.line ? a.column - b.column : a.line - b.line,
  )
  return landscapeInvalid(lines.map(({ text }) => text))
}
