import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'

const connection = (port: number, database = 'master') => ({
  server: '127.0.0.1',
  port,
  user: 'sa',
  password: saPassword,
  database,
  options: { encrypt: false, trustServerCertificate: true },
})

const migrations: (Knex.Migration & { name: string })[] = [
  {
    name: '001_people',
    async up(db) {
      await db.schema.createTable('people', (table) => {
        table.increments('id')
        table.string('name', 80).notNullable()
        table.string('email').unique()
        table.integer('age').defaultTo(18)
        table.boolean('active').notNullable().defaultTo(true)
        table.json('settings')
        table.uuid('uid').defaultTo(db.fn.uuid())
        table.timestamps(true, true)
        table.index(['name', 'age'], 'people_by_name')
      })
      await db.schema.createTable('orders', (table) => {
        table.bigIncrements('id')
        table.integer('person').notNullable().references('id').inTable('people').onDelete('CASCADE')
        table.decimal('total', 12, 2).notNullable()
        table.dateTime('placed')
        table.binary('receipt')
        table.enu('state', ['open', 'paid']).notNullable().defaultTo('open')
      })
    },
    async down(db) {
      await db.schema.dropTable('orders')
      await db.schema.dropTable('people')
    },
  },
  {
    name: '002_phone',
    async up(db) {
      await db.schema.alterTable('people', (table) => {
        table.string('phone', 20)
        table.dropIndex(['name', 'age'], 'people_by_name')
        table.renameColumn('age', 'years')
        table.string('name', 120).notNullable().alter()
      })
    },
    async down(db) {
      await db.schema.alterTable('people', (table) => {
        table.renameColumn('years', 'age')
        table.dropColumn('phone')
        table.index(['name', 'age'], 'people_by_name')
      })
    },
  },
]
const migrationSource: Knex.MigrationSource<Knex.Migration & { name: string }> = {
  getMigrations: async () => migrations,
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => migration,
}

describe('knex', () => {
  let server: TestServer
  let db: Knex
  beforeAll(async () => {
    server = await startTestServer()
    const master = knex({ client: 'mssql', connection: connection(server.port) })
    await master.raw('CREATE DATABASE shop')
    await master.destroy()
    db = knex({ client: 'mssql', connection: connection(server.port, 'shop'), pool: { min: 0, max: 4 } })
  })
  afterAll(async () => {
    await db.destroy()
    await server[Symbol.asyncDispose]()
  })

  test('migrates to the latest, back and forth', async () => {
    const [batch, names] = await db.migrate.latest({ migrationSource })
    expect(batch).toBe(1)
    expect(names).toEqual(['001_people', '002_phone'])
    expect(await db.migrate.currentVersion({ migrationSource })).toBe('002')
    expect(await db.schema.hasColumn('people', 'phone')).toBe(true)
    expect(await db.schema.hasColumn('people', 'years')).toBe(true)
    await db.migrate.rollback({ migrationSource })
    expect(await db.schema.hasTable('people')).toBe(false)
    await db.migrate.latest({ migrationSource })
    const info = await db('people').columnInfo()
    expect(info.name).toEqual({ defaultValue: null, type: 'nvarchar', maxLength: 120, nullable: false })
    expect(info.years).toEqual({ defaultValue: "('18')", type: 'int', maxLength: null, nullable: true })
  })

  test('reads, writes and pages', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => ({
      name: `Person ${i}`,
      email: `p${i}@example.org`,
      years: i % 90,
    }))
    await db.batchInsert('people', rows, 100)
    const [inserted] = await db('people')
      .insert({ name: 'Ada', email: 'ada@example.org', settings: JSON.stringify({ theme: 'dark' }) })
      .returning(['id', 'name', 'active'])
    expect(inserted).toEqual({ id: 251, name: 'Ada', active: true })
    expect(await db('people').where('years', '>', 80).count({ n: '*' }).first()).toEqual({ n: 18 })
    const page = await db('people').orderBy('id').limit(3).offset(100).select('id', 'name')
    expect(page).toEqual([
      { id: 101, name: 'Person 100' },
      { id: 102, name: 'Person 101' },
      { id: 103, name: 'Person 102' },
    ])
    expect(await db('people').where({ name: 'Ada' }).update({ phone: '1' }, ['id', 'phone'])).toEqual([
      { id: 251, phone: '1' },
    ])
    expect(await db('people').jsonExtract('settings', '$.theme', 'theme').where({ name: 'Ada' })).toEqual([
      { theme: 'dark' },
    ])
    await db('orders').insert([
      { person: 251, total: 12.5, placed: new Date(Date.UTC(2026, 0, 2)), receipt: Buffer.from('r') },
      { person: 251, total: 7.25 },
      { person: 1, total: 1 },
    ])
    const totals = await db('people')
      .join('orders', 'people.id', 'orders.person')
      .groupBy('people.id', 'people.name')
      .orderBy('people.id')
      .select('people.name')
      .sum({ total: 'orders.total' })
    expect(totals).toEqual([
      { name: 'Person 0', total: 1 },
      { name: 'Ada', total: 19.75 },
    ])
    expect(await db('orders').where('total', '<', 5).del()).toBe(1)
    expect(
      await db
        .with('big', db('orders').where('total', '>', 10))
        .select('total')
        .from('big'),
    ).toEqual([{ total: 12.5 }])
    expect(await db('orders').increment('total', 2.5).where({ person: 251 })).toBe(2)
    expect(await db('orders').pluck('total')).toEqual([15, 9.75])
    expect(await db.raw('SELECT ? + ? AS s, ?? FROM ??', [1, 2, 'id', 'orders'])).toHaveLength(2)
    const streamed: number[] = []
    for await (const row of db('orders').select('id').orderBy('id').stream()) streamed.push(Number(row.id))
    expect(streamed).toEqual([1, 2])
  })

  test('has transactions with savepoints and isolation levels', async () => {
    await expect(
      db.transaction(async (t) => {
        await t('people').insert({ name: 'Nobody' })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await db('people').where({ name: 'Nobody' })).toEqual([])
    await db.transaction(
      async (t) => {
        await t('people').insert({ name: 'Outer', email: 'outer@example.org' })
        await t
          .transaction(async (inner) => {
            await inner('people').insert({ name: 'Inner' })
            throw new Error('inner')
          })
          .catch((error: Error) => expect(error.message).toBe('inner'))
        const [level] = await t.raw(
          'SELECT transaction_isolation_level AS level FROM sys.dm_exec_sessions WHERE session_id = @@SPID',
        )
        expect(level).toEqual({ level: 4 })
      },
      { isolationLevel: 'serializable' },
    )
    expect(await db('people').whereIn('name', ['Outer', 'Inner']).pluck('name')).toEqual(['Outer'])
  })

  test('tells errors by their numbers', async () => {
    await expect(db('people').insert({ name: 'Again', email: 'ada@example.org' })).rejects.toMatchObject({
      number: 2601,
      message: expect.stringContaining(
        "Cannot insert duplicate key row in object 'dbo.people' with unique index 'people_email_unique'",
      ),
    })
    await expect(db('orders').insert({ person: 9999, total: 1 })).rejects.toMatchObject({ number: 547 })
    await expect(db('people').insert({ name: null })).rejects.toMatchObject({ number: 515 })
    await expect(db('nothing').select()).rejects.toMatchObject({ number: 208 })
    const nobody = knex({ client: 'mssql', connection: connection(1), acquireConnectionTimeout: 5000 })
    await expect(nobody.raw('SELECT 1')).rejects.toMatchObject({ code: 'ESOCKET' })
    await nobody.destroy()
  })

  test('changes tables', async () => {
    await db.schema.createTable('things', (table) => {
      table.increments()
      table.string('a')
      table.string('b').notNullable().defaultTo('x')
      table.text('c')
      table.float('d')
      table.date('e')
      table.time('f')
    })
    await db.schema.createView('things_seen', (view) => {
      view.columns(['id', 'a'])
      view.as(db('things').select('id', 'a'))
    })
    await db.schema.alterTable('things', (table) => {
      table.unique(['a', 'b'], { indexName: 'things_ab' })
      table.dropColumn('c')
    })
    await db.schema.alterTable('things', (table) => {
      table.dropUnique(['a', 'b'], 'things_ab')
      table.dropNullable('a')
      table.check('[d] > 1', {}, 'd_is_large')
    })
    await expect(db('things').insert({ a: 'a', d: 0.5 })).rejects.toMatchObject({ number: 547 })
    await db.schema.renameTable('things', 'items')
    expect(await db.schema.hasTable('items')).toBe(true)
    expect(await db.schema.hasTable('things')).toBe(false)
    await db.schema.dropView('things_seen')
    await db.schema.dropTableIfExists('items')
    await db.schema.dropTableIfExists('items')
    expect(await db.schema.hasTable('items')).toBe(false)
  })
})
