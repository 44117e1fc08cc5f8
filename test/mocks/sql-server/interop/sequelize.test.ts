import {
  ConnectionError,
  DataTypes,
  ForeignKeyConstraintError,
  type Model,
  type ModelStatic,
  Op,
  QueryTypes,
  Sequelize,
  Transaction,
  UniqueConstraintError,
} from 'sequelize'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'

type Row = Model & Record<string, unknown>

describe('Sequelize', () => {
  let server: TestServer
  let db: Sequelize
  let user: ModelStatic<Row>
  let task: ModelStatic<Row>

  const open = (port: number) =>
    new Sequelize('work', 'sa', saPassword, {
      dialect: 'mssql',
      host: '127.0.0.1',
      port,
      logging: false,
      pool: { max: 4, min: 0 },
      dialectOptions: { options: { encrypt: false, trustServerCertificate: true } },
    })
  const define = () => {
    user = db.define<Row>(
      'user',
      {
        name: { type: DataTypes.STRING(80), allowNull: false },
        email: { type: DataTypes.STRING, unique: true },
        age: { type: DataTypes.INTEGER, defaultValue: 18 },
        active: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
        settings: DataTypes.TEXT,
        balance: DataTypes.DECIMAL(12, 2),
        born: DataTypes.DATEONLY,
        uid: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
        photo: DataTypes.BLOB,
      },
      { indexes: [{ fields: ['name', 'age'], name: 'user_by_name' }] },
    )
    task = db.define<Row>('task', {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      title: DataTypes.TEXT,
      state: { type: DataTypes.ENUM('open', 'done'), defaultValue: 'open' },
    })
    user.hasMany(task, { foreignKey: { name: 'owner', allowNull: false }, onDelete: 'CASCADE' })
    task.belongsTo(user, { foreignKey: 'owner' })
  }

  beforeAll(async () => {
    server = await startTestServer()
    const pool = await server.connect()
    await pool.query('CREATE DATABASE work')
    db = open(server.port)
    define()
  })
  afterAll(async () => {
    await db.close()
    await server[Symbol.asyncDispose]()
  })

  test('makes the tables, and again with force', async () => {
    await db.authenticate()
    expect(await db.databaseVersion()).toBe('16.0.4165')
    await db.sync()
    await db.sync({ force: true })
    const query = db.getQueryInterface()
    expect((await query.showAllTables()).map((t) => (t as unknown as { tableName: string }).tableName).sort()).toEqual([
      'tasks',
      'users',
    ])
    const columns = await query.describeTable('users')
    expect(columns.name).toMatchObject({ type: 'NVARCHAR(80)', allowNull: false, primaryKey: false })
    expect(columns.id).toMatchObject({ type: 'INT', allowNull: false, primaryKey: true, autoIncrement: true })
    expect(columns.age).toMatchObject({ type: 'INT', defaultValue: '((18))' })
    const indexes = (await query.showIndex('users')) as {
      name: string
      primary: boolean
      unique: boolean
      fields: { attribute: string }[]
    }[]
    expect(indexes.map((i) => [i.primary, i.unique, i.fields.map((f) => f.attribute)])).toEqual([
      [true, true, ['id']],
      [false, true, ['email']],
      [false, false, ['name', 'age']],
    ])
    const keys = (await query.getForeignKeyReferencesForTable('tasks')) as {
      columnName: string
      referencedTableName: string
    }[]
    expect(keys.map((k) => [k.columnName, k.referencedTableName])).toEqual([['owner', 'users']])
  })

  test('writes and reads with relations, in bulk, and in pages', async () => {
    const made = await user.create({
      name: 'Ada',
      email: 'ada@example.org',
      settings: '{"theme":"dark"}',
      balance: '10.25',
      born: '1815-12-10',
      photo: Buffer.from('x'),
    })
    expect(made.get('id')).toBe(1)
    await user.bulkCreate(
      Array.from({ length: 300 }, (_, i) => ({ name: `User ${i}`, email: `u${i}@example.org`, age: i % 50 })),
    )
    await task.bulkCreate([
      { title: 'first', owner: 1 },
      { title: 'second', owner: 1, state: 'done' },
      { title: 'third', owner: 2 },
    ])
    const ada = await user.findOne({
      where: { name: 'Ada' },
      include: [{ model: task, order: [['id', 'ASC']] } as never],
    })
    expect(ada?.get({ plain: true })).toMatchObject({
      balance: 10.25,
      born: '1815-12-10',
      settings: '{"theme":"dark"}',
      tasks: [{ title: 'first' }, { title: 'second', state: 'done' }],
    })
    const { rows, count } = await user.findAndCountAll({
      where: { age: { [Op.gte]: 45 } },
      order: [['id', 'ASC']],
      limit: 2,
      offset: 3,
    })
    expect([rows.map((r) => r.get('name')), count]).toEqual([['User 48', 'User 49'], 30])
    expect(await user.count({ where: { name: { [Op.like]: 'User 1%' } } })).toBe(111)
    expect(await user.max('age')).toBe(49)
    expect(await user.sum('age', { where: { age: { [Op.lt]: 3 } } })).toBe(18)
    const [, created] = await user.findOrCreate({ where: { email: 'new@example.org' }, defaults: { name: 'New' } })
    expect(created).toBe(true)
    expect(await user.update({ active: false }, { where: { age: 7 } })).toEqual([6])
    expect(await user.increment('age', { by: 2, where: { name: 'Ada' } })).toBeDefined()
    expect(await user.destroy({ where: { age: 8 } })).toBe(6)
    const [upserted] = await user.upsert({ id: 1, name: 'Ada L.', email: 'ada@example.org' } as never)
    expect(upserted.get('name')).toBe('Ada L.')
    expect(await user.count({ where: { email: 'ada@example.org' } })).toBe(1)
    const raw = await db.query('SELECT name FROM users WHERE id = :id', {
      replacements: { id: 1 },
      type: QueryTypes.SELECT,
    })
    expect(raw).toEqual([{ name: 'Ada L.' }])
    expect(await db.query('SELECT $1 + 1 AS n', { bind: [41], type: QueryTypes.SELECT })).toEqual([{ n: 42 }])
  })

  test('has transactions', async () => {
    await expect(
      db.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.SERIALIZABLE }, async (transaction) => {
        await user.create({ name: 'Nobody', email: 'nobody@example.org' }, { transaction })
        const found = await user.findOne({ where: { name: 'Nobody' }, transaction, lock: transaction.LOCK.UPDATE })
        expect(found?.get('name')).toBe('Nobody')
        throw new Error('back')
      }),
    ).rejects.toThrow('back')
    expect(await user.count({ where: { name: 'Nobody' } })).toBe(0)
    const outer = await db.transaction()
    await user.create({ name: 'Outer', email: 'outer@example.org' }, { transaction: outer })
    const inner = await db.transaction({ transaction: outer })
    await user.create({ name: 'Inner', email: 'inner@example.org' }, { transaction: inner })
    await inner.rollback()
    await outer.commit()
    expect(await user.count({ where: { name: { [Op.in]: ['Outer', 'Inner'] } } })).toBe(1)
  })

  test('knows errors by what they are', async () => {
    await expect(user.create({ name: 'Ada', email: 'ada@example.org' })).rejects.toBeInstanceOf(UniqueConstraintError)
    await expect(task.create({ title: 'x', owner: 9999 })).rejects.toBeInstanceOf(ForeignKeyConstraintError)
    await expect(task.create({ title: 'x', owner: 1, state: 'lost' })).rejects.toThrow(/CHECK constraint/)
    const nobody = open(1)
    await expect(nobody.authenticate()).rejects.toBeInstanceOf(ConnectionError)
    await nobody.close()
  })

  test('alters what is there', async () => {
    const query = db.getQueryInterface()
    db.define('user', {
      name: { type: DataTypes.STRING(120), allowNull: true },
      email: DataTypes.STRING,
      age: { type: DataTypes.INTEGER, defaultValue: 21 },
      active: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      nickname: DataTypes.STRING(20),
    })
    await db.model('user').sync({ alter: true })
    const columns = await query.describeTable('users')
    expect(columns.name).toMatchObject({ type: 'NVARCHAR(120)', allowNull: true })
    expect(columns.age).toMatchObject({ defaultValue: '((18))' })
    expect(columns.nickname).toMatchObject({ type: 'NVARCHAR(20)', allowNull: true })
    await query.addColumn('users', 'phone', { type: DataTypes.STRING, defaultValue: '-' })
    await query.changeColumn('users', 'phone', { type: DataTypes.STRING(40), allowNull: true, defaultValue: '+' })
    await query.renameColumn('users', 'phone', 'mobile')
    await query.addIndex('users', ['nickname'], { unique: false, where: { nickname: { [Op.ne]: null } } } as never)
    await query.removeIndex('users', ['nickname'])
    await query.addConstraint('users', {
      type: 'check',
      fields: ['mobile'],
      name: 'users_mobile',
      where: { mobile: { [Op.ne]: '' } },
    })
    await query.removeConstraint('users', 'users_mobile')
    await query.removeColumn('users', 'mobile')
    await query.renameTable('tasks', 'jobs')
    expect(Object.keys(await query.describeTable('jobs'))).toContain('owner')
    await query.createSchema('history')
    expect(await query.showAllSchemas()).toContain('history')
    await query.dropAllTables()
    expect(await query.showAllTables()).toEqual([])
  })
})
