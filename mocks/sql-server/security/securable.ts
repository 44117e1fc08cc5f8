/** Securables, and which permission on which of them implies another: walked upwards, from an object to the server. */
import type { ObjectDef, PrincipalDef, SchemaDef, TypeDef } from '../engine/catalog/definitions.ts'
import { parentClass, permissionFact, type SecurableClass } from './permission-table.ts'

export interface Securable {
  readonly class: SecurableClass
  /** The id in its class, 0 for the server and a database. */
  readonly major: number
  /** The name of the principal that owns it. */
  readonly owner?: string
  readonly parent?: Securable
}

export const server: Securable = { class: 'SERVER', major: 0 }
export const databaseSecurable: Securable = { class: 'DATABASE', major: 0, owner: 'dbo', parent: server }

export const schemaSecurable = (schema: SchemaDef): Securable => ({
  class: 'SCHEMA',
  major: schema.id,
  owner: schema.owner,
  parent: databaseSecurable,
})

export const objectSecurable = (object: ObjectDef, schema: SchemaDef | undefined): Securable => ({
  class: 'OBJECT',
  major: object.id,
  owner: object.owner ?? schema?.owner ?? 'dbo',
  parent: schema ? schemaSecurable(schema) : databaseSecurable,
})

export const typeSecurable = (type: TypeDef, schema: SchemaDef | undefined): Securable => ({
  class: 'TYPE',
  major: type.userTypeId,
  owner: type.owner ?? schema?.owner ?? 'dbo',
  parent: schema ? schemaSecurable(schema) : databaseSecurable,
})

export const principalSecurable = (principal: PrincipalDef): Securable => ({
  class: principal.role ? 'ROLE' : 'USER',
  major: principal.id,
  owner: principal.role ? (principal.owner ?? 'dbo') : principal.name,
  parent: databaseSecurable,
})

export const loginSecurable = (id: number): Securable => ({ class: 'LOGIN', major: id, parent: server })
export const serverRoleSecurable = (id: number): Securable => ({ class: 'SERVER ROLE', major: id, parent: server })

export interface PermissionNode {
  readonly securable: Securable
  readonly permission: string
}

/** A permission on a securable and all that imply it, itself first. */
export function implying(securable: Securable, permission: string): readonly PermissionNode[] {
  const nodes: PermissionNode[] = []
  const seen = new Set<string>()
  const visit = (at: Securable, name: string) => {
    const key = `${at.class}/${name}`
    if (seen.has(key)) return
    seen.add(key)
    nodes.push({ securable: at, permission: name })
    const fact = permissionFact(at.class, name)
    if (!fact) return
    if (fact.covering) visit(at, fact.covering)
    const above = at.parent ?? (parentClass[at.class] === 'SERVER' ? server : undefined)
    // An object stands in a schema: what the schema's table names goes for the database if there is no schema.
    if (fact.parent && above) visit(above, fact.parent)
  }
  visit(securable, permission)
  return nodes
}
