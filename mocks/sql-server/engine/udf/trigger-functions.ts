/** UPDATE(), COLUMNS_UPDATED() and TRIGGER_NESTLEVEL(). */
import { errors } from '../errors.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import { type Answer, text } from './session-answer.ts'

function running(session: SqlSession, name: string) {
  const { trigger } = session.frames.at(-1) ?? {}
  if (!trigger)
    throw new SqlError(421, 16, 1, `The ${name} function can only be used within a CREATE TRIGGER statement.`)
  return trigger
}

export const triggerAnswers: readonly (readonly [string, Answer])[] = [
  [
    'UPDATE',
    (session, name) => {
      const { parent, updated } = running(session, 'UPDATE')
      const column = parent.columns.find((candidate) => candidate.name.toLowerCase() === text(name).toLowerCase())
      if (!column) throw errors.noColumn(text(name), 0)
      return updated.has(column.id) ? 1 : 0
    },
  ],
  [
    'COLUMNS_UPDATED',
    (session) => {
      const { parent, updated } = running(session, 'COLUMNS_UPDATED')
      const bytes = new Uint8Array(Math.ceil(Math.max(1, ...parent.columns.map((column) => column.id)) / 8))
      for (const id of updated) {
        const at = (id - 1) >> 3
        bytes[at] = (bytes[at] ?? 0) | (1 << ((id - 1) & 7))
      }
      return bytes
    },
  ],
  [
    'TRIGGER_NESTLEVEL',
    (session, id) =>
      session.frames.filter(
        (frame) => frame.trigger && (id === undefined || Number(id) === 0 || frame.module === Number(id)),
      ).length,
  ],
]
