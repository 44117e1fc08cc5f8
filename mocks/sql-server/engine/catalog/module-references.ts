/** What the text of a module refers to, by name: for SCHEMABINDING, and for the views of dependencies. */
import type { Catalog } from './catalog.ts'
import type { ModuleDef, ObjectDef } from './definitions.ts'
import { moduleStatement } from './module-statement.ts'

export interface References {
  /** The names as they stand there, those of CTEs, cursors and variables left out. */
  readonly names: readonly (readonly string[])[]
  /** Columns, in small letters. Whose they are is not worked out. */
  readonly columns: ReadonlySet<string>
  readonly star: boolean
}

const known = new WeakMap<ModuleDef, References>()

const isName = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')

export function referencesOf(module: ModuleDef): References {
  const before = known.get(module)
  if (before) return before
  const names = new Map<string, readonly string[]>()
  const columns = new Set<string>()
  const ctes = new Set<string>()
  let star = false
  const add = (name: readonly string[]) => names.set(name.join('.').toLowerCase(), name)
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const { kind, name, procedure, target, parts, ctes: own } = node as Readonly<Record<string, unknown>>
    if (kind === 'table' && isName(name)) add(name)
    if ((kind === 'call' || kind === 'function') && isName(name) && name.length > 1) add(name)
    if (kind === 'nextValue' && isName(name)) add(name)
    if (kind === 'exec' && isName(procedure)) add(procedure)
    if (kind === 'truncate' && isName(name)) add(name)
    if (typeof target === 'object' && target !== null && 'name' in target && isName(target.name)) add(target.name)
    if (kind === 'column' && isName(parts)) columns.add((parts.at(-1) ?? '').toLowerCase())
    if (kind === 'star') star = true
    if (Array.isArray(own))
      for (const cte of own as readonly { readonly name: string }[]) ctes.add(cte.name.toLowerCase())
    for (const part of Object.values(node)) visit(part)
  }
  const { query, body, function: shape } = moduleStatement(module)
  for (const part of [query, body, shape]) visit(part)
  const images = module.kind === 'trigger' ? ['inserted', 'deleted'] : []
  const found: References = {
    names: [...names.values()].filter(
      ([only = '', ...rest]) =>
        rest.length > 0 ||
        (!ctes.has(only.toLowerCase()) && !images.includes(only.toLowerCase()) && !/^[#@]/.test(only)),
    ),
    columns,
    star,
  }
  known.set(module, found)
  return found
}

/** The object that a name of a module means, in the module's own database. */
export function referredObject(catalog: Catalog, module: ModuleDef, name: readonly string[]): ObjectDef | undefined {
  const [object = '', schema = '', database = ''] = [...name].reverse()
  if (database !== '') return undefined
  if (schema !== '') return catalog.object(schema, object)
  return catalog.object(module.schema, object) ?? catalog.object('dbo', object)
}

/** The first module WITH SCHEMABINDING that refers to an object. */
export function binderOf(catalog: Catalog, object: ObjectDef, column?: string): ModuleDef | undefined {
  for (const module of catalog.objects()) {
    if (module.kind !== 'view' && module.kind !== 'function') continue
    if (!module.schemaBinding || module.id === object.id) continue
    const references = referencesOf(module)
    if (column !== undefined && !references.columns.has(column.toLowerCase())) continue
    if (references.names.some((name) => referredObject(catalog, module, name)?.id === object.id)) return module
  }
  return undefined
}
