/** A declared cursor: its query, what it may do, and what it is open on. */
import type { CursorShape } from '../../tsql/programmable-ast.ts'
import type { Frame } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import type { CursorKind, CursorModel, OpenCursor } from './open-cursor.ts'

export interface CursorHandle {
  readonly name: string
  readonly shape: CursorShape
  readonly model: CursorModel
  /** The variables as they were when it was declared. */
  readonly frame: Frame
  open: OpenCursor | undefined
}

const exclusive = [
  ['FORWARD_ONLY', 'SCROLL'],
  ['FAST_FORWARD', 'SCROLL'],
  ['FAST_FORWARD', 'FORWARD_ONLY'],
  ['STATIC', 'KEYSET'],
  ['STATIC', 'DYNAMIC'],
  ['KEYSET', 'DYNAMIC'],
  ['STATIC', 'FAST_FORWARD'],
  ['KEYSET', 'FAST_FORWARD'],
  ['DYNAMIC', 'FAST_FORWARD'],
  ['READ_ONLY', 'SCROLL_LOCKS'],
  ['READ_ONLY', 'OPTIMISTIC'],
  ['SCROLL_LOCKS', 'OPTIMISTIC'],
  ['FAST_FORWARD', 'SCROLL_LOCKS'],
  ['FAST_FORWARD', 'OPTIMISTIC'],
  ['LOCAL', 'GLOBAL'],
] as const

export function modelOf({ options, update }: CursorShape): CursorModel {
  for (const [a, b] of exclusive)
    if (options.has(a) && options.has(b) && !(a === 'FAST_FORWARD' && b === 'FORWARD_ONLY'))
      throw new SqlError(1048, 15, 1, `Conflicting cursor options ${a} and ${b}.`)
  const kind: CursorKind = options.has('STATIC') ? 'static' : options.has('KEYSET') ? 'keyset' : 'dynamic'
  const scroll =
    !options.has('FORWARD_ONLY') &&
    !options.has('FAST_FORWARD') &&
    ['SCROLL', 'STATIC', 'KEYSET', 'DYNAMIC'].some((word) => options.has(word))
  const readOnly =
    kind === 'static' || options.has('READ_ONLY') || options.has('FAST_FORWARD') || update === 'READ ONLY'
  // SCROLL alone gives every direction, ABSOLUTE too.
  const scrolled = options.has('SCROLL') && kind === 'dynamic' && !options.has('DYNAMIC') ? 'keyset' : kind
  return { kind: scrolled, scroll, readOnly }
}
