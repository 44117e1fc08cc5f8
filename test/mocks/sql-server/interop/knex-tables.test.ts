import knex, { type Knex } from 'knex'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'

describe('knex: tables, triggers and streams', () => {
  let server: TestServer
  let db: Knex
  beforeAll(async () => {
    server = await startTestServer()
    const master = await server.connect()
    await master.query('CREATE DATABASE shop')
    db = knex({
      client: 'mssql',
      connection: {
        server: '127.0.0.1',
        port: server.port,
        user: 'sa',
        password: saPassword,
        database: 'shop',
        options: { encrypt: false, trustServerCertificate: true },
      },
      pool: { min: 0, max: 4 },
    })
  })
  afterEach(async () => {
    for (const table of ['child', 'parent', 'logged', 'log']) await db.schema.dropTableIfExists(table)
  })
  afterAll(async () => {
    await db.destroy()
    await server[Symbol.asyncDispose]()
  })

  test('rows of a table with triggers come back through a temporary table', async () => {
    await db.schema.createTable('logged', (table) => {
      table.increments()
      table.string('data')
    })
    await db.schema.createTable('log', (table) => {
      table.string('what')
    })
    await db.raw('CREATE TRIGGER log_it ON logged AFTER INSERT, UPDATE AS INSERT log SELECT data FROM inserted')
    await expect(db('logged').insert({ data: 'a' }, 'id')).rejects.toMatchObject({ number: 334 })
    const along = { includeTriggerModifications: true }
    expect(await db('logged').insert([{ data: 'a' }, { data: 'b' }], ['id', 'data'], along)).toEqual([
      { id: 1, data: 'a' },
      { id: 2, data: 'b' },
    ])
    expect(await db('logged').insert({ data: 'c' }, '*', along)).toEqual([{ id: 3, data: 'c' }])
    expect(await db('logged').where({ id: 1 }).update({ data: 'z' }, ['id', 'data'], along)).toEqual([
      { id: 1, data: 'z' },
    ])
    expect(await db('logged').where({ id: 2 }).delete(['id'], along)).toEqual([{ id: 2 }])
    expect(await db('log').pluck('what')).toEqual(['a', 'b', 'c', 'z'])
  })

  test('comments are extended properties, made and changed', async () => {
    await db.schema.createTable('parent', (table) => {
      table.increments()
      table.string('name').comment('how it is called')
      table.comment("the table's own")
    })
    await db.schema.alterTable('parent', (table) => {
      table.string('name', 40).comment('its name').alter()
    })
    const of = (column: string) =>
      db.raw(
        `SELECT objtype, objname, name, CAST(value AS nvarchar(100)) AS value
         FROM fn_listextendedproperty(default, 'schema', 'dbo', 'table', 'parent', ${column})`,
      )
    expect(await of('default, default')).toEqual([
      { objtype: 'TABLE', objname: 'parent', name: 'MS_Description', value: "the table's own" },
    ])
    expect(await of("'column', default")).toEqual([
      { objtype: 'COLUMN', objname: 'name', name: 'MS_Description', value: 'its name' },
    ])
    expect(await of("'column', 'id'")).toEqual([])
  })

  test('keys, checks and indexes', async () => {
    await db.schema.createTable('parent', (table) => {
      table.increments('id', { primaryKey: false })
      table.string('code', 10).notNullable()
      table.integer('many').checkPositive('many_positive')
      table.string('kind').checkIn(['a', 'b'], 'kind_known')
      table.primary(['id'], { constraintName: 'parent_pk' })
      table.unique(['code'], { indexName: 'parent_code', useConstraint: true })
    })
    await db.schema.createTable('child', (table) => {
      table.increments()
      table.string('parent', 10)
      table.foreign('parent', 'child_parent').references('code').inTable('parent').onDelete('CASCADE')
      table.index('parent', 'child_parents', { predicate: db.whereNotNull('parent') } as never)
    })
    await db('parent').insert({ code: 'x', many: 1, kind: 'a' })
    await db('child').insert([{ parent: 'x' }, { parent: null }])
    await expect(db('parent').insert({ code: 'x' })).rejects.toMatchObject({ number: 2627 })
    await expect(db('parent').insert({ code: 'y', many: 0 })).rejects.toMatchObject({
      message: expect.stringContaining('conflicted with the CHECK constraint "many_positive"'),
    })
    await expect(db('parent').insert({ code: 'y', kind: 'c' })).rejects.toMatchObject({ number: 547 })
    await expect(db('child').insert({ parent: 'nobody' })).rejects.toMatchObject({
      message: expect.stringContaining('conflicted with the FOREIGN KEY constraint "child_parent"'),
    })
    expect(await db('parent').del()).toBe(1)
    expect(await db('child').pluck('parent')).toEqual([null])
    await db.schema.alterTable('child', (table) => {
      table.dropForeign('parent', 'child_parent')
      table.dropIndex('parent', 'child_parents')
    })
    await db('child').insert({ parent: 'nobody' })
  })

  test('a column of a view is renamed', async () => {
    await db.schema.createTable('parent', (table) => {
      table.string('a')
      table.integer('b')
    })
    await db('parent').insert({ a: 'x', b: 12 })
    await db.schema.createView('seen', (view) => {
      view.columns(['a', 'b'])
      view.as(db('parent').select('a', 'b').where('b', '>', 10))
    })
    await db.schema.alterView('seen', (view) => {
      view.column('a').rename('first')
    })
    expect(await db('seen').select('first', 'b')).toEqual([{ first: 'x', b: 12 }])
    expect(Object.keys(await db('seen').columnInfo())).toEqual(['first', 'b'])
    await db.schema.createViewOrReplace('seen', (view) => {
      view.columns(['c'])
      view.as(db('parent').select('b'))
    })
    expect(await db('seen')).toEqual([{ c: 12 }])
    await db.schema.dropView('seen')
  })

  test('streams rows, and an error', async () => {
    await db.schema.createTable('parent', (table) => {
      table.increments()
      table.string('name')
    })
    await db.batchInsert(
      'parent',
      Array.from({ length: 300 }, (_, i) => ({ name: `n${i}` })),
      70,
    )
    const seen: number[] = []
    for await (const row of db('parent').orderBy('id').stream({ highWaterMark: 5 })) seen.push(row.id)
    expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
    const broken = async () => {
      for await (const row of db('nobody').stream()) seen.push(row.id)
    }
    await expect(broken()).rejects.toMatchObject({ number: 208 })
    expect(await db('parent').count({ n: '*' }).first()).toEqual({ n: 300 })
  })

  test('a batch that fails is undone as a whole', async () => {
    await db.schema.createTable('parent', (table) => {
      table.string('name').unique()
    })
    await expect(db.batchInsert('parent', [{ name: 'a' }, { name: 'a' }], 1)).rejects.toMatchObject({ number: 2601 })
    expect(await db('parent')).toEqual([])
    await db.transaction(async (t) => {
      await t('parent').insert({ name: 'kept' })
      await expect(t('parent').insert({ name: 'kept' })).rejects.toMatchObject({ number: 2601 })
      await t('parent').insert({ name: 'too' })
    })
    expect(await db('parent').orderBy('name').pluck('name')).toEqual(['kept', 'too'])
  })
})
