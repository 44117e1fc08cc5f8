import {
  type DataSource,
  EntitySchema,
  type QueryRunner,
  type Table,
  TableCheck,
  TableColumn,
  TableIndex,
  TableUnique,
  View,
} from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectInStep, startTypeOrm, type TypeOrmServer } from './typeorm-source.ts'

type Row = Record<string, unknown>

const id = { type: 'int', primary: true, generated: 'increment' } as const
const post = new EntitySchema<Row>({
  name: 'post',
  columns: {
    id: { type: 'int', primary: true },
    version: { type: 'int', unique: true },
    name: { type: 'varchar', default: 'My post' },
    text: { type: 'varchar' },
    tag: { type: 'varchar' },
  },
  uniques: [{ columns: ['text', 'tag'] }],
  checks: [{ expression: '"version" < 999' }],
  indices: [{ columns: ['name'] }],
})
const teacher = new EntitySchema<Row>({ name: 'teacher', columns: { id, name: { type: 'varchar' } } })
const student = new EntitySchema<Row>({
  name: 'student',
  columns: { id, name: { type: 'varchar' } },
  relations: { teacher: { type: 'many-to-one', target: 'teacher' } },
  indices: [{ name: 'student_name', columns: ['name'] }],
})
const postView = new EntitySchema<Row>({
  name: 'post_view',
  type: 'view',
  expression: 'SELECT "id", "name" FROM "post"',
  columns: { id: { type: 'int' }, name: { type: 'varchar' } },
})
const entities = [post, teacher, student, postView] as never

/** All that a change could leave otherwise than it was. */
const snapshot = async (source: DataSource): Promise<unknown> => [
  await source.query(
    'SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, COLUMN_DEFAULT, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS ORDER BY 1, 2',
  ),
  await source.query(
    'SELECT type, name, OBJECT_NAME(parent_object_id) AS parent FROM sys.objects WHERE parent_object_id<>0 ORDER BY 2',
  ),
  await source.query(
    `SELECT i.name, i.is_unique, i.filter_definition, c.name AS col FROM sys.indexes i JOIN sys.index_columns ic
     ON ic.object_id=i.object_id AND ic.index_id=i.index_id JOIN sys.columns c ON c.object_id=i.object_id AND c.column_id=ic.column_id ORDER BY 1, 4`,
  ),
  await source.query('SELECT name, OBJECT_DEFINITION(object_id) AS text FROM sys.views'),
]

const tableOf = async (runner: QueryRunner, name: string): Promise<Table> => {
  const table = await runner.getTable(name)
  if (!table) throw new Error(`no table ${name}`)
  return table
}

async function change(runner: QueryRunner, path: string, changes: Partial<TableColumn>): Promise<void> {
  const [name = '', column = ''] = path.split('.')
  const table = await tableOf(runner, name)
  const old = table.findColumnByName(column)
  if (!old) throw new Error(`no column ${path}`)
  await runner.changeColumn(table, old, Object.assign(old.clone(), changes))
}

const changes: Readonly<Record<string, (runner: QueryRunner) => Promise<void>>> = {
  async 'columns added'(runner) {
    await runner.addColumn('post', new TableColumn({ name: 'second', type: 'int', isUnique: true, isNullable: true }))
    await runner.addColumn('post', new TableColumn({ name: 'about', type: 'varchar', length: '100', default: "'d'" }))
    await runner.addColumn('post', new TableColumn({ name: 'key2', type: 'int', isPrimary: true, default: '0' }))
    await runner.addColumn(
      'post',
      new TableColumn({ name: 'both', type: 'varchar', generatedType: 'STORED', asExpression: `"name" + ' ' + "tag"` }),
    )
    const table = await tableOf(runner, 'post')
    expect(table.primaryColumns.map((column) => column.name)).toEqual(['id', 'key2'])
    expect(table.findColumnByName('both')).toMatchObject({
      asExpression: `"name" + ' ' + "tag"`,
      generatedType: 'STORED',
    })
  },
  async 'columns changed'(runner) {
    await change(runner, 'post.name', { default: undefined, isUnique: true, isNullable: true, length: '500' })
    await change(runner, 'post.text', { name: 'txt', isPrimary: true, default: "'T'" })
    await change(runner, 'post.id', { name: 'id2' })
    await change(runner, 'post.version', { name: 'v2', type: 'bigint' })
    await change(runner, 'student.id', { isGenerated: false })
    expect((await tableOf(runner, 'post')).columns.map(({ name }) => name).sort()).toEqual([
      'id2',
      'name',
      'tag',
      'txt',
      'v2',
    ])
  },
  async 'columns dropped'(runner) {
    await runner.dropColumn('post', 'name')
    await runner.dropColumn('post', 'version')
    const [key] = (await tableOf(runner, 'student')).foreignKeys
    if (key) await runner.dropForeignKey('student', key)
    await runner.dropColumn('student', 'teacherId')
    expect((await tableOf(runner, 'post')).checks).toEqual([])
  },
  async 'columns renamed'(runner) {
    await runner.renameColumn('post', 'text', 'new text')
    await runner.renameColumn('student', 'teacherId', 'master')
    await runner.renameColumn('student', 'name', 'first')
    expect((await tableOf(runner, 'student')).foreignKeys[0]?.columnNames).toEqual(['master'])
  },
  async 'tables renamed'(runner) {
    await runner.renameTable('teacher', 'question')
    await runner.renameTable('question', 'answer')
    await runner.renameTable('post', 'renamed post')
    await runner.dropPrimaryKey(await tableOf(runner, 'renamed post'))
    await runner.renameTable('student', 'pupil')
    expect((await tableOf(runner, 'pupil')).foreignKeys[0]?.referencedTableName).toBe('answer')
  },
  async 'keys, checks and indices'(runner) {
    await runner.createUniqueConstraint('student', new TableUnique({ columnNames: ['name', 'teacherId'] }))
    await runner.createCheckConstraint(
      'student',
      new TableCheck({ name: 'c1', expression: `"name" <> '' AND len("name") < 50` }),
    )
    await runner.createIndex(
      'student',
      new TableIndex({ columnNames: ['name'], isUnique: true, where: '"name" IS NOT NULL' }),
    )
    await runner.dropIndex('student', 'student_name')
    const table = await tableOf(runner, 'student')
    expect(table.checks.map((check) => check.expression)).toEqual([`([name]<>'' AND len([name])<(50))`])
    expect(table.indices.map((index) => index.where)).toEqual(['([name] IS NOT NULL)'])
    await runner.dropPrimaryKey('post')
    await runner.createPrimaryKey('post', ['id', 'version'])
  },
  async 'views and tables dropped'(runner) {
    await runner.dropView('post_view')
    await runner.createView(new View({ name: 'other', expression: 'SELECT * FROM "post"' }), true)
    expect((await runner.getView('other'))?.expression).toBe('SELECT * FROM "post"')
    await runner.dropTable('student')
    await runner.dropTable('post')
    expect(await runner.hasTable('post')).toBe(false)
  },
}

describe("TypeORM's query runner, there and back", () => {
  let orm: TypeOrmServer
  let source: DataSource
  beforeAll(async () => {
    orm = await startTypeOrm('runner')
    source = await orm.open('runner', entities, { synchronize: true })
  })
  afterAll(async () => {
    await orm[Symbol.asyncDispose]()
  })

  test.each(Object.entries(changes))('%s', async (_, work) => {
    const runner = source.createQueryRunner()
    const before = await snapshot(source)
    await work(runner)
    expect(await snapshot(source)).not.toEqual(before)
    await runner.executeMemoryDownSql()
    expect(await snapshot(source)).toEqual(before)
    await expectInStep(source)
    await runner.release()
  })

  test('results with what they affected, streams, and clearing', async () => {
    const runner = source.createQueryRunner()
    expect(await runner.query("INSERT INTO teacher(name) VALUES ('a'), ('b')", [], true)).toMatchObject({ affected: 2 })
    expect(await runner.query("DELETE FROM teacher WHERE name = 'x'", [], true)).toMatchObject({ affected: 0 })
    const rows: unknown[] = []
    for await (const row of await runner.stream('SELECT name FROM teacher ORDER BY id')) rows.push(row)
    expect(rows).toEqual([{ name: 'a' }, { name: 'b' }])
    await expect(runner.clearTable('teacher')).rejects.toMatchObject({ number: 4712 })
    expect([await runner.hasColumn('post', 'name'), await runner.hasColumn('post', "' OR '1'='1")]).toEqual([
      true,
      false,
    ])
    await runner.clearDatabase()
    expect(await source.query('SELECT name FROM sys.objects WHERE is_ms_shipped = 0')).toEqual([])
    await runner.release()
  })
})
