/** The parsed text of a module, kept as long as its definition. */
import type { Statement } from '../../tsql/ast.ts'
import { parseBatch } from '../../tsql/parser.ts'
import { unsupported } from '../sql-error.ts'
import type { ModuleDef } from './definitions.ts'

export type ModuleStatement = Extract<Statement, { kind: 'createModule' }>

const parsed = new WeakMap<ModuleDef, ModuleStatement>()

/** The CREATE statement of a view, procedure, function or trigger: its parameters, shape and body. */
export function moduleStatement(module: ModuleDef): ModuleStatement {
  const known = parsed.get(module)
  if (known) return known
  const [statement] = parseBatch(module.text, module.quotedIdentifier)
  if (statement?.kind !== 'createModule') throw unsupported(`the text of ${module.name}`)
  parsed.set(module, statement)
  return statement
}

/** The text that is kept: ALTER is CREATE in it. */
export const createText = ({ text, head }: ModuleStatement): string =>
  text.slice(0, head) + text.slice(head).replace(/^(?:ALTER|CREATE\s+OR\s+ALTER)/i, 'CREATE')
