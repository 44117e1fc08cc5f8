import type {
  CatalogEntry,
  ModuleDef,
  ObjectDef,
  PermissionDef,
  PrincipalDef,
  PropertyDef,
  SchemaDef,
  TableDef,
  TypeDef,
} from './definitions.ts'

const key = (schema: string, name: string): string => `${schema.toLowerCase()}\u0000${name.toLowerCase()}`

const fixedRoles = [
  'public',
  'db_owner',
  'db_accessadmin',
  'db_securityadmin',
  'db_ddladmin',
  'db_backupoperator',
  'db_datareader',
  'db_datawriter',
  'db_denydatareader',
  'db_denydatawriter',
]

/**
 * The objects of one database at one moment. Immutable: a change gives a new catalogue, so that a transaction can keep
 * its own until it commits, and roll back by forgetting it.
 */
export class Catalog {
  readonly #entries: ReadonlyMap<number, CatalogEntry>
  readonly #objects = new Map<string, ObjectDef>()
  readonly #schemas = new Map<string, SchemaDef>()
  readonly #types = new Map<string, TypeDef>()
  readonly #principals = new Map<string, PrincipalDef>()
  readonly #triggers = new Map<number, ModuleDef[]>()
  readonly #properties: PropertyDef[] = []
  readonly permissions: readonly PermissionDef[]
  static #stamps = 0
  /** Differs for any two catalogues of the process: what is bound against one is not valid for another. */
  readonly stamp: number

  constructor(entries: ReadonlyMap<number, CatalogEntry>) {
    this.#entries = entries
    this.stamp = ++Catalog.#stamps
    const permissions: PermissionDef[] = []
    for (const entry of entries.values()) {
      if (entry.kind === 'schema') this.#schemas.set(entry.name.toLowerCase(), entry)
      else if (entry.kind === 'principal') this.#principals.set(entry.name.toLowerCase(), entry)
      else if (entry.kind === 'permission') permissions.push(entry)
      else if (entry.kind === 'property') this.#properties.push(entry)
      else if (entry.kind === 'type') this.#types.set(key(entry.schema, entry.name), entry)
      else {
        this.#objects.set(key(entry.schema, entry.name), entry)
        if (entry.kind === 'trigger' && entry.trigger) {
          const others = this.#triggers.get(entry.trigger.parent)
          if (others) others.push(entry)
          else this.#triggers.set(entry.trigger.parent, [entry])
        }
      }
    }
    this.permissions = permissions
  }

  /** What a database holds when it is made. */
  static fresh(created: string): Catalog {
    const entries = new Map<number, CatalogEntry>()
    const add = (entry: CatalogEntry) => entries.set(entry.id, entry)
    add({ kind: 'schema', id: 1, name: 'dbo', owner: 'dbo' })
    add({ kind: 'schema', id: 2, name: 'guest', owner: 'guest' })
    fixedRoles.forEach((name, i) => {
      const id = name === 'public' ? -1 : -16_383 - i
      add({ kind: 'principal', id, name, role: true, fixed: true, defaultSchema: '', memberOf: [], created })
    })
    add({
      kind: 'principal',
      id: -2,
      name: 'dbo',
      role: false,
      fixed: true,
      login: 'sa',
      sid: '01',
      defaultSchema: 'dbo',
      memberOf: ['db_owner'],
      created,
    })
    add({
      kind: 'principal',
      id: -3,
      name: 'guest',
      role: false,
      fixed: true,
      defaultSchema: 'guest',
      memberOf: [],
      created,
    })
    return new Catalog(entries)
  }

  /** The next of a user or role: from 5 on, as the views show it; principals have negative numbers here. */
  newPrincipalId(): number {
    let id = -5
    while (this.#entries.has(id)) id -= 1
    return id
  }

  /** The next of a schema: from 5 on. */
  newSchemaId(): number {
    let id = 5
    while (this.#entries.has(id)) id += 1
    return id
  }

  entry(id: number): CatalogEntry | undefined {
    return this.#entries.get(id)
  }

  entries(): Iterable<CatalogEntry> {
    return this.#entries.values()
  }

  object(schema: string, name: string): ObjectDef | undefined {
    return this.#objects.get(key(schema, name))
  }

  objects(): Iterable<ObjectDef> {
    return this.#objects.values()
  }

  properties(): Iterable<PropertyDef> {
    return this.#properties
  }

  table(id: number): TableDef | undefined {
    const entry = this.#entries.get(id)
    return entry?.kind === 'table' ? entry : undefined
  }

  /** The triggers of a table or view, in the order in which they were made. */
  triggersOn(parent: number): readonly ModuleDef[] {
    return this.#triggers.get(parent) ?? []
  }

  get hasTypes(): boolean {
    return this.#types.size > 0
  }

  type(schema: string, name: string): TypeDef | undefined {
    return this.#types.get(key(schema, name))
  }

  types(): Iterable<TypeDef> {
    return this.#types.values()
  }

  schema(name: string): SchemaDef | undefined {
    return this.#schemas.get(name.toLowerCase())
  }

  schemas(): Iterable<SchemaDef> {
    return this.#schemas.values()
  }

  principal(name: string): PrincipalDef | undefined {
    return this.#principals.get(name.toLowerCase())
  }

  principals(): Iterable<PrincipalDef> {
    return this.#principals.values()
  }

  /** The user of a login, found by its security id; by name where a user was made without one. */
  userOfLogin(login: { readonly name: string; readonly sid: string }): PrincipalDef | undefined {
    for (const principal of this.#principals.values()) {
      if (principal.role) continue
      if (principal.sid === undefined) {
        if (principal.login?.toLowerCase() === login.name.toLowerCase()) return principal
      } else if (principal.sid === login.sid) return principal
    }
    return undefined
  }

  /** The catalogue with entries put in (or over) and others taken out. */
  changed(put: readonly CatalogEntry[], removed: readonly number[] = []): Catalog {
    const entries = new Map(this.#entries)
    for (const id of removed) entries.delete(id)
    for (const entry of put) entries.set(entry.id, entry)
    return new Catalog(entries)
  }

  /** A constraint of any table by name, in a schema: names of constraints and objects share one space. */
  nameTaken(schema: string, name: string): boolean {
    const wanted = name.toLowerCase()
    if (this.object(schema, name)) return true
    for (const object of this.#objects.values()) {
      if (object.kind !== 'table' || object.schema.toLowerCase() !== schema.toLowerCase()) continue
      const constraints = [
        ...object.keys.filter((item) => item.kind !== 'index'),
        ...object.checks,
        ...object.foreignKeys,
        ...object.columns.flatMap((column) => (column.default ? [column.default] : [])),
      ]
      if (constraints.some((item) => item.name.toLowerCase() === wanted)) return true
    }
    return false
  }
}
