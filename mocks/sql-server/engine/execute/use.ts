/** USE. */
import { entryError } from '../database-access.ts'
import { errors } from '../errors.ts'
import type { Execution } from './execution.ts'

export function runUse(x: Execution, name: string): void {
  const { session, sink } = x
  const database = session.instance.findDatabase(name)
  if (!database) throw errors.noDatabase(name)
  const others = () => session.instance.usersOf(database).filter((other) => other !== session).length
  const refused = entryError(session.instance, database, session.login, others)
  if (refused) throw refused
  const old = session.database
  session.use(database)
  sink.envChange({ type: 'database', value: database.name, old: old.name })
  sink.envChange({ type: 'collation', value: database.collation, old: old.collation })
  sink.message({
    number: 5701,
    state: 1,
    class: 0,
    text: `Changed database context to '${database.name}'.`,
    procedure: x.frame.procedure,
    line: 1,
  })
}
