import {
  DataTypes,
  ForeignKeyConstraintError,
  type Model,
  type ModelStatic,
  Op,
  OptimisticLockError,
  QueryTypes,
  Sequelize,
  UniqueConstraintError,
} from 'sequelize'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'

type Row = Model & Record<string, unknown>

describe('Sequelize: changes, errors and transactions', () => {
  let server: TestServer
  let db: Sequelize
  const define = (name: string, columns: Parameters<Sequelize['define']>[1], options = {}): ModelStatic<Row> =>
    db.define<Row>(name, columns as never, { timestamps: false, ...options })

  beforeAll(async () => {
    server = await startTestServer()
    await (await server.connect()).query('CREATE DATABASE work')
    db = new Sequelize('work', 'sa', saPassword, {
      dialect: 'mssql',
      host: '127.0.0.1',
      port: server.port,
      logging: false,
      pool: { max: 5, min: 0 },
      dialectOptions: { options: { encrypt: false, trustServerCertificate: true } },
    })
  })
  afterEach(async () => {
    for (const model of Object.values(db.models)) db.modelManager.removeModel(model)
    await db.getQueryInterface().dropAllTables()
  })
  afterAll(async () => {
    await db.close()
    await server[Symbol.asyncDispose]()
  })

  const failed = async (work: Promise<unknown>): Promise<unknown> => {
    try {
      await work
    } catch (error) {
      return error
    }
    throw new Error('it did not fail')
  }

  test('errors tell fields and constraints', async () => {
    const user = define('user', {
      first: { type: DataTypes.STRING(20), unique: { name: 'whole_name', msg: 'taken' } },
      last: { type: DataTypes.STRING(20), unique: 'whole_name' },
    })
    const task = define('task', { title: DataTypes.STRING })
    await user.sync()
    await task.sync()
    await db.query(`ALTER TABLE tasks ADD owner int;
      ALTER TABLE tasks ADD CONSTRAINT task_owner FOREIGN KEY (owner) REFERENCES users(id)`)
    await user.create({ first: 'Ada', last: 'Lovelace' })
    const twice = await failed(user.create({ first: 'Ada', last: 'Lovelace' }))
    expect(twice).toBeInstanceOf(UniqueConstraintError)
    expect(twice).toMatchObject({
      message: 'taken',
      fields: { first: 'Ada', last: 'Lovelace' },
      errors: [
        { path: 'first', value: 'Ada' },
        { path: 'last', value: 'Lovelace' },
      ],
    })
    const orphan = await failed(db.query("INSERT tasks(title, owner) VALUES('t', 99)"))
    expect(orphan).toBeInstanceOf(ForeignKeyConstraintError)
    expect(orphan).toMatchObject({ index: 'task_owner' })
    await db.query("INSERT tasks(title, owner) VALUES('t', 1)")
    const used = await failed(user.destroy({ where: { id: 1 } }))
    expect(used).toBeInstanceOf(ForeignKeyConstraintError)
    expect(used).toMatchObject({ index: 'task_owner', parent: { number: 547 } })
    const constraint = await failed(db.getQueryInterface().removeConstraint('tasks', 'nope'))
    expect(constraint).toMatchObject({ parent: { errors: [{ number: 3728 }, { number: 3727 }] } })
  })

  test('two cascades to one table are refused', async () => {
    const user = define('user', {})
    const task = define('task', {})
    task.belongsTo(user, { as: 'owner', foreignKey: 'ownerId', onDelete: 'CASCADE' })
    await user.sync()
    await task.sync()
    const cascades = await failed(
      db.getQueryInterface().addConstraint('tasks', {
        type: 'foreign key',
        fields: ['id'],
        name: 'second',
        references: { table: 'users', field: 'id' },
        onDelete: 'CASCADE',
        onUpdate: '',
      }),
    )
    expect(cascades).toMatchObject({ parent: { errors: [{ number: 1785 }, { number: 1750 }] } })
  })

  test('finds or creates, also when the defaults are taken', async () => {
    const user = define('user', {
      code: { type: DataTypes.STRING(20), unique: true },
      name: { type: DataTypes.STRING(20), unique: true },
    })
    await user.sync()
    await user.create({ code: 'a', name: 'taken' })
    await expect(user.findOrCreate({ where: { code: 'b' }, defaults: { name: 'taken' } })).rejects.toBeInstanceOf(
      UniqueConstraintError,
    )
    const made = await Promise.all(Array.from({ length: 4 }, () => user.findCreateFind({ where: { code: 'c' } })))
    expect(made.filter(([, created]) => created)).toHaveLength(1)
    expect(new Set(made.map(([row]) => row.get('id'))).size).toBe(1)
  })

  test('upserts by primary and unique keys', async () => {
    const user = define('user', {
      foo: { type: DataTypes.STRING(20), unique: 'foo_bar' },
      bar: { type: DataTypes.INTEGER, unique: 'foo_bar' },
      photo: DataTypes.BLOB,
    })
    await user.sync()
    const kept = async (values: object): Promise<unknown> => (await user.upsert(values as never))[1]
    expect(await kept({ id: 42, foo: 'x', bar: 1 })).toBe(true)
    expect(await kept({ id: 42, foo: 'y', bar: 2 })).toBe(false)
    expect(await kept({ foo: 'y', bar: 2, photo: Buffer.from('new') })).toBe(false)
    expect(await kept({ foo: 'z', bar: 2 })).toBe(true)
    expect((await user.findAll({ order: ['id'] })).map((row) => [row.get('id'), String(row.get('photo'))])).toEqual([
      [42, 'new'],
      [43, 'null'],
    ])
  })

  test('increments, versions, soft deletes', async () => {
    const user = define(
      'user',
      { a: { type: DataTypes.INTEGER, defaultValue: 1 }, f: { type: DataTypes.FLOAT, defaultValue: 1.5 } },
      { timestamps: true, paranoid: true, version: true },
    )
    await user.sync()
    const one = await user.create()
    await one.increment({ a: 4, f: 0.25 } as never)
    await user.decrement('a', { by: 2, where: { a: 5 } })
    await one.reload()
    expect(one.get()).toMatchObject({ a: 3, f: 1.75 })
    const stale = await user.findByPk(1)
    await one.update({ a: 7 })
    await expect(stale?.update({ a: 8 })).rejects.toBeInstanceOf(OptimisticLockError)
    await one.destroy()
    expect([await user.count(), await user.count({ paranoid: false })]).toEqual([0, 1])
    await one.restore()
    expect(await user.count()).toBe(1)
  })

  test('keeps dates with their zone, long numbers, bytes and texts with every mark', async () => {
    const thing = define('thing', {
      at: DataTypes.DATE,
      day: DataTypes.DATEONLY,
      big: DataTypes.BIGINT,
      amount: DataTypes.DECIMAL(20, 5),
      raw: DataTypes.BLOB,
      text: DataTypes.TEXT,
    })
    await thing.sync()
    const text = "'; -- \\ % _ [x] \u2028 🙂"
    const values = { at: new Date('2026-03-04T05:06:07.891Z'), day: '2026-03-04', big: '9223372036854775807', text }
    await thing.create({ ...values, amount: '12345678901.12345', raw: Buffer.from([0, 255]) })
    await thing.bulkCreate([{ ...values, amount: '0.5', raw: Buffer.alloc(0) }])
    // A set in brackets stays one in LIKE, as SQL Server reads it.
    for (const [where, found] of [
      [values, 2],
      [{ at: { [Op.lt]: new Date('2026-03-05') } }, 2],
      [{ text: { [Op.substring]: '[xy]' } }, 2],
      [{ text: { [Op.substring]: '[yz]' } }, 0],
      [{ raw: Buffer.from([0, 255]) }, 1],
    ] as const)
      expect(await thing.count({ where })).toBe(found)
    const [row] = await thing.findAll({ order: ['id'] })
    expect(row?.get({ plain: true })).toMatchObject({
      ...values,
      amount: 12345678901.12345,
      raw: Buffer.from([0, 255]),
    })
    const zoned = await db.query('SELECT CAST(at AS nvarchar(40)) AS at FROM things WHERE id = 1', {
      type: QueryTypes.SELECT,
    })
    expect(zoned).toEqual([{ at: '2026-03-04 05:06:07.8910000 +00:00' }])
  })

  test('the victim of a deadlock is told', async () => {
    const a = define('a', { n: DataTypes.INTEGER })
    const b = define('b', { n: DataTypes.INTEGER })
    await a.sync()
    await b.sync()
    await a.create({ n: 1 })
    await b.create({ n: 1 })
    const [one, two] = [
      await db.transaction({ isolationLevel: 'SERIALIZABLE' as never }),
      await db.transaction({ isolationLevel: 'SERIALIZABLE' as never }),
    ]
    await a.findAll({ transaction: one })
    await b.findAll({ transaction: two })
    const done = await Promise.allSettled([
      b.update({ n: 2 }, { where: {}, transaction: one }),
      a.update({ n: 3 }, { where: {}, transaction: two }),
    ])
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(done.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { parent: { number: 1205 } } })
    const [kept, victim] = done[0].status === 'fulfilled' ? [one, two] : [two, one]
    await kept.commit()
    await expect(victim.rollback()).rejects.toMatchObject({ parent: { number: 3903 } })
    expect((await a.count()) + (await b.count())).toBe(2)
  })
})
