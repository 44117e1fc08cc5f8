/** WINDOW w AS (…): the windows that OVER names, which stand in the text before they are said. */
import { SqlError } from '../engine/sql-error.ts'
import type { Over } from './ast.ts'
import { parseWindow } from './call-expression.ts'
import type { Cursor } from './cursor.ts'

/** An OVER that refers to a window; its parts come from there. */
export interface NamedWindow {
  readonly name: string
  readonly line: number
  readonly over: { -readonly [K in keyof Over]: Over[K] }
}

/** Reads WINDOW, if it is there, and completes every OVER since `from` that named one of its windows. */
export function nameWindows(p: Cursor, from: number): void {
  const uses = p.namedWindows.splice(from)
  const known = new Map<string, Over>()
  if (p.at('WINDOW') && p.peek(2).key === 'AS' && p.peek(3).key === '(') {
    p.next()
    do {
      const name = p.name().toLowerCase()
      p.expect('AS')
      const mark = p.namedWindows.length
      const over = parseWindow(p)
      for (const base of p.namedWindows.splice(mark)) complete(base, known)
      known.set(name, over)
    } while (p.accept(','))
  }
  for (const use of uses) complete(use, known)
}

function complete({ name, line, over }: NamedWindow, known: ReadonlyMap<string, Over>): void {
  const base = known.get(name.toLowerCase())
  if (!base) throw new SqlError(5362, 15, 3, `Window '${name}' is undefined.`, { line })
  if (over.partition.length === 0) over.partition = base.partition
  if (over.order.length === 0) over.order = base.order
  if (over.frame === undefined && base.frame !== undefined) over.frame = base.frame
}
