/** What a module's body reads: its tables are locked with the statement that calls it. */
import type { ModuleDef } from '../catalog/definitions.ts'
import { moduleStatement } from '../catalog/module-statement.ts'
import { SqlError } from '../sql-error.ts'
import type { Binder } from './binder.ts'
import type { Environment } from './environment.ts'

export function noteUses(b: Binder, module: ModuleDef, environment: Environment): void {
  const seen = new Set<ModuleDef>()
  const names = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')
  let under = { database: environment.database, object: module }
  const enter = (found: ModuleDef, within: Environment) => {
    if (seen.has(found)) return
    seen.add(found)
    const above = under
    under = { database: within.database, object: found }
    const { query, body, function: shape } = moduleStatement(found)
    for (const part of [query, body, shape]) visit(part, within)
    under = above
  }
  const table = (name: readonly string[], within: Environment) => {
    try {
      const resolved = within.resolve(name, 0)
      if (resolved.kind === 'table')
        b.uses.push({ database: resolved.database, object: resolved.table, hints: [], columns: new Set(), under })
      else if (resolved.kind === 'view') enter(resolved.view, resolved.environment)
      if (resolved.kind !== 'system') b.readsRows = true
    } catch (error) {
      // A name of a CTE, or one that is not there yet: found out when it is read.
      if (!(error instanceof SqlError)) throw error
    }
  }
  const visit = (node: unknown, within: Environment): void => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part, within)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const { kind, name } = node as { kind?: unknown; name?: unknown }
    if (kind === 'table' && names(name)) table(name, within)
    if ((kind === 'call' || kind === 'function') && names(name) && name.length > 1) {
      const found = within.functionOf(name)
      if (found) enter(found.module, found.environment)
    }
    for (const part of Object.values(node)) visit(part, within)
  }
  enter(module, environment)
}
