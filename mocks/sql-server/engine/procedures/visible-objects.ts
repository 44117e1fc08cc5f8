/** The objects that a catalogue procedure speaks of: those that its patterns match and that the user may see. */
import { hasPermission } from '../../security/permissions.ts'
import type { ObjectDef } from '../catalog/definitions.ts'
import { catalogOf } from '../execute/execution.ts'
import type { SqlSession } from '../session.ts'
import { SqlError } from '../sql-error.ts'
import { likePattern } from '../values/like.ts'

/** A name or a pattern: NULL and '%' match all; without patterns the name itself. */
export function matcher(given: string | undefined, patterns = true): (name: string) => boolean {
  if (given === undefined || given === '%') return () => true
  const wanted = given.toLowerCase()
  if (!patterns || !/[%_[]/.test(given)) return (name) => name.toLowerCase() === wanted
  const pattern = likePattern(wanted, null, 'k_ci_as')
  return (name) => pattern.test(name.toLowerCase())
}

const visible = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'REFERENCES', 'VIEW DEFINITION', 'ALTER', 'CONTROL']

export const maySee = (session: SqlSession, object: ObjectDef): boolean =>
  visible.some((permission) => hasPermission(session, session.database, permission, object))

/** By owner and name, as the procedures sort. */
export function visibleObjects(
  session: SqlSession,
  owner: string | undefined,
  name: string | undefined,
  patterns = true,
): ObjectDef[] {
  const owns = matcher(owner, patterns)
  const named = matcher(name, patterns)
  return [...catalogOf(session, session.database).objects()]
    .filter((object) => named(object.name) && owns(object.schema) && maySee(session, object))
    .sort((a, b) => compareText(a.schema, b.schema) || compareText(a.name, b.name))
}

export const compareText = (a: string, b: string): number => {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

/** A qualifier must name the current database. */
export function requireQualifier(session: SqlSession, qualifier: string | undefined): void {
  if (qualifier !== undefined && qualifier.toLowerCase() !== session.database.name.toLowerCase())
    throw new SqlError(
      15250,
      16,
      1,
      'The database name component of the object qualifier must be the name of the current database.',
    )
}

/** One object by exact name: of the given owner, else of the user's schema, else of dbo. */
export function oneObject(session: SqlSession, name: string, owner: string | undefined): ObjectDef | undefined {
  const catalog = catalogOf(session, session.database)
  const found =
    owner !== undefined && owner !== '%'
      ? catalog.object(owner, name)
      : (catalog.object(session.defaultSchema(session.database), name) ?? catalog.object('dbo', name))
  return found && maySee(session, found) ? found : undefined
}
