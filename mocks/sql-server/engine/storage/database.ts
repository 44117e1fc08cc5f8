import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Collation } from '../../tds/collation.ts'
import { needCollation } from '../binder/type-of-ref.ts'
import { Catalog } from '../catalog/catalog.ts'
import type { CatalogEntry } from '../catalog/definitions.ts'
import { type DatabaseState, databaseAccesses, databaseRecoveries } from './database-states.ts'
import { Store } from './store.ts'

/** A restart recovers what was recovering; all other states stay. */
const lastingStates = new Set<DatabaseState>(['RESTORING', 'RECOVERY_PENDING', 'SUSPECT', 'EMERGENCY', 'OFFLINE'])

const schemaSql = `
CREATE TABLE IF NOT EXISTS lab_meta(k TEXT PRIMARY KEY, v TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lab_object(id INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lab_identity(id INTEGER PRIMARY KEY, last INTEGER NOT NULL);`

/** A file's name has 255 bytes at most, with what SQLite puts behind it. */
const maxFileName = 200

/** A name that makes no good file name, being too long or no Unicode, has its hash there; `%-` begins no other. */
export function databaseFile(folder: string, name: string): string {
  const lower = name.toLowerCase()
  const plain = lower.isWellFormed() ? encodeURIComponent(lower).replaceAll('*', '%2A') : undefined
  const file =
    plain !== undefined && plain.length <= maxFileName
      ? plain
      : `%-${createHash('sha256').update(Buffer.from(lower, 'utf16le')).digest('hex')}`
  return join(folder, `${file}.db`)
}

/** Opening a connection and teaching it the functions costs more than most of what a session does with it. */
const maxIdleStores = 8

/** One database: a SQLite file, made when first needed, and its published catalogue. */
export class SqlDatabase {
  id: number
  name: string
  file: string
  collation: Collation
  readonly created: string
  state: DatabaseState = 'ONLINE'
  /** TRUSTWORTHY: who acts as one of its users keeps the rights of that login outside. */
  trustworthy = false
  readOnly = false
  access: (typeof databaseAccesses)[number] = 'MULTI_USER'
  recovery: (typeof databaseRecoveries)[number] = 'FULL'
  /** ALTER DATABASE … SET switches that are on: ALLOW_SNAPSHOT_ISOLATION, READ_COMMITTED_SNAPSHOT, RECURSIVE_TRIGGERS, LOCAL_CURSORS. */
  readonly switches = new Set<string>()
  /** What log backups go on from: undefined until a full one has been made. A log backup is number n + 1 behind number n. */
  logChain: { readonly id: string; readonly number: number } | undefined
  catalog: Catalog
  /** The last identity value given out, by table; never goes back, as in SQL Server. */
  readonly identities = new Map<number, bigint>()
  /** The last value given out, by sequence; never goes back either. */
  readonly sequences = new Map<number, bigint>()
  #sequencesChanged = false
  #nextObjectId = 1_000_000_000
  #rowVersion = 2000n
  #savedRowVersion = 2000n
  /** How far the file may grow: the edition's limit. */
  maxBytes: number | undefined
  #made = false
  readonly #idle: Store[] = []
  #closed = false

  constructor(given: { id: number; name: string; file: string; collation: Collation; created: string }) {
    this.id = given.id
    this.name = given.name
    this.file = given.file
    this.collation = given.collation
    this.created = given.created
    this.catalog = Catalog.fresh(given.created)
  }

  /** A file that cannot be read as a database: there under the file's name, and nobody gets in (926). */
  static suspect(file: string, collation: Collation): SqlDatabase {
    const base = basename(file, '.db')
    const name = base.startsWith('%-') ? base : decodeURIComponent(base)
    const database = new SqlDatabase({ id: 0, name, file, collation, created: '1900-01-01 00:00:00.000' })
    database.#made = true
    database.state = 'SUSPECT'
    return database
  }

  /** A database that a file holds; its id is 0 when the file does not say it. */
  static load(file: string): SqlDatabase {
    const store = new Store(file)
    try {
      const meta = new Map(store.all('SELECT k, v FROM lab_meta').map(([k, v]) => [String(k), String(v)]))
      const database = new SqlDatabase({
        id: Number(meta.get('id') ?? 0),
        file,
        name: meta.get('name') ?? '',
        created: meta.get('created') ?? '1900-01-01 00:00:00.000',
        collation: needCollation(meta.get('collation') ?? 'Latin1_General_CI_AS'),
      })
      database.#made = true
      database.readOnly = meta.get('readOnly') === '1'
      database.trustworthy = meta.get('trustworthy') === '1'
      for (const name of (meta.get('switches') ?? '').split(' ')) if (name !== '') database.switches.add(name)
      database.state = [...lastingStates].find((known) => known === meta.get('state')) ?? 'ONLINE'
      database.access = databaseAccesses.find((known) => known === meta.get('access')) ?? 'MULTI_USER'
      database.recovery = databaseRecoveries.find((known) => known === meta.get('recovery')) ?? 'FULL'
      database.#rowVersion = BigInt(meta.get('rowVersion') ?? '2000')
      database.#savedRowVersion = database.#rowVersion
      for (const [id, value] of JSON.parse(meta.get('sequences') ?? '[]') as [number, string][])
        database.sequences.set(id, BigInt(value))
      const [, chain = '', number = ''] = /^(\S+) (\d+)$/.exec(meta.get('logChain') ?? '') ?? []
      if (chain !== '') database.logChain = { id: chain, number: Number(number) }
      database.refresh(store)
      return database
    } finally {
      store.close()
    }
  }

  /** Reads the catalogue anew from the file, as after a restore. */
  refresh(store: Store): void {
    const entries = new Map<number, CatalogEntry>()
    for (const [, json] of store.all('SELECT id, json FROM lab_object')) {
      const entry = JSON.parse(String(json)) as CatalogEntry
      entries.set(entry.id, entry)
      this.#nextObjectId = Math.max(this.#nextObjectId, entry.id + 1)
    }
    if (entries.size > 0) this.catalog = new Catalog(entries)
    this.identities.clear()
    for (const [table, last] of store.all('SELECT id, last FROM lab_identity', [], true))
      this.identities.set(Number(table), BigInt(last as bigint))
  }

  /** A connection for one session, to be given back; the file comes into being with the first. */
  open(): Store {
    const idle = this.#idle.pop()
    if (idle) return idle
    const store = new Store(this.file, this.maxBytes)
    if (!this.#made) {
      store.exec(`BEGIN; ${schemaSql}`)
      this.writeMeta(store)
      for (const entry of this.catalog.entries())
        store.run('INSERT OR REPLACE INTO lab_object VALUES(?,?)', [entry.id, JSON.stringify(entry)])
      store.exec('COMMIT')
      this.#made = true
    }
    return store
  }

  /** Takes a connection that its session no longer needs: kept for the next one if it is as good as new, else closed. */
  giveBack(store: Store): void {
    if (!this.#closed && this.#idle.length < maxIdleStores && store.clean) this.#idle.push(store)
    else store.close()
  }

  /** Lets go of the file, as far as no session holds it. */
  closeIdle(): void {
    for (const store of this.#idle.splice(0)) store.close()
  }

  /** The server stops: what is not in the file after each statement goes there now. */
  stop(): void {
    if (this.#made && (this.#rowVersion !== this.#savedRowVersion || this.#sequencesChanged)) {
      const store = this.open()
      this.writeMeta(store)
      store.close()
    }
    this.close()
  }

  /** Keeps no connection from now on. */
  close(): void {
    this.#closed = true
    this.closeIdle()
  }

  writeMeta(store: Store): void {
    const meta: Readonly<Record<string, string>> = {
      name: this.name,
      created: this.created,
      collation: this.collation.name,
      readOnly: this.readOnly ? '1' : '0',
      id: String(this.id),
      state: this.state,
      access: this.access,
      recovery: this.recovery,
      trustworthy: this.trustworthy ? '1' : '0',
      switches: [...this.switches].join(' '),
      logChain: this.logChain ? `${this.logChain.id} ${this.logChain.number}` : '',
      rowVersion: String(this.#rowVersion),
      sequences: JSON.stringify([...this.sequences].map(([id, value]) => [id, String(value)])),
    }
    for (const [k, v] of Object.entries(meta)) store.run('INSERT OR REPLACE INTO lab_meta VALUES(?,?)', [k, v])
  }

  setSequence(id: number, value: bigint): void {
    this.sequences.set(id, value)
    this.#sequencesChanged = true
  }

  /** ALTER SEQUENCE … RESTART: the next value is the first one. */
  restartSequence(id: number): void {
    this.sequences.delete(id)
    this.#sequencesChanged = true
  }

  newObjectId(): number {
    return this.#nextObjectId++
  }

  nextRowVersion(): Uint8Array {
    this.#rowVersion += 1n
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(this.#rowVersion)
    return bytes
  }

  lastRowVersion(): Uint8Array {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(this.#rowVersion)
    return bytes
  }

  /** Forgets what was read from the file: another takes its place. */
  markMade(): void {
    this.#made = true
  }

  removeFiles(): void {
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(this.file + suffix)) rmSync(this.file + suffix)
  }
}
