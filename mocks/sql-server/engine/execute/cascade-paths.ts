import type { ForeignKeyInfo, TableDef } from '../catalog/definitions.ts'
import { SqlError } from '../sql-error.ts'

type Rule = 'onDelete' | 'onUpdate'

/** The foreign keys that act when rows of a table are deleted or updated, by the table that they refer to. */
function acting(tables: Iterable<TableDef>, rule: Rule): Map<number, { child: number; goesOn: boolean }[]> {
  const byParent = new Map<number, { child: number; goesOn: boolean }[]>()
  for (const table of tables)
    for (const key of table.foreignKeys) {
      if (key[rule] === 'NO ACTION') continue
      const children = byParent.get(key.table) ?? []
      children.push({ child: table.id, goesOn: key[rule] === 'CASCADE' })
      byParent.set(key.table, children)
    }
  return byParent
}

/** True when a change of one table reaches some table twice, or itself. */
function meetsTwice(root: number, edges: ReturnType<typeof acting>): boolean {
  const reached = new Set([root])
  const open = [root]
  for (let parent = open.pop(); parent !== undefined; parent = open.pop())
    for (const { child, goesOn } of edges.get(parent) ?? []) {
      if (reached.has(child)) return true
      reached.add(child)
      if (goesOn) open.push(child)
    }
  return false
}

/** What one DELETE or UPDATE sets going must be a tree: `tables` hold the new key already. */
export function requireCascadeTree(tables: readonly TableDef[], table: TableDef, key: ForeignKeyInfo): void {
  for (const rule of ['onDelete', 'onUpdate'] as const) {
    if (key[rule] === 'NO ACTION') continue
    const edges = acting(tables, rule)
    if (tables.some((root) => edges.has(root.id) && meetsTwice(root.id, edges)))
      throw new SqlError(
        1785,
        16,
        0,
        `Introducing FOREIGN KEY constraint '${key.name}' on table '${table.name}' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.`,
      )
  }
}
