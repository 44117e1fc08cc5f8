import { EntitySchema, Table, TableColumn } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectInStep, startTypeOrm, type TypeOrmServer } from './typeorm-source.ts'

interface Question {
  id: number
  name: string
  answers?: Answer[]
}
interface Answer {
  id: number
  text: string
  question?: Question | null
}

const question = new EntitySchema<Question>({
  name: 'question',
  database: 'archive',
  schema: 'questions',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: 'nvarchar', length: 50, default: 'unnamed' },
  },
  checks: [{ name: 'question_named', expression: `"name" <> ''` }],
  indices: [{ name: 'question_by_name', columns: ['name'] }],
  relations: { answers: { type: 'one-to-many', target: 'answer', inverseSide: 'question' } },
})
const answer = new EntitySchema<Answer>({
  name: 'answer',
  database: 'archive',
  schema: 'answers',
  columns: { id: { type: 'int', primary: true, generated: 'increment' }, text: { type: 'nvarchar' } },
  relations: { question: { type: 'many-to-one', target: 'question', inverseSide: 'answers', onDelete: 'CASCADE' } },
})

describe('TypeORM, other databases and schemas', () => {
  let orm: TypeOrmServer
  beforeAll(async () => {
    orm = await startTypeOrm('home', 'archive')
  })
  afterAll(async () => {
    await orm[Symbol.asyncDispose]()
  })

  test('makes entities in schemas of another database, and finds them in step', async () => {
    const source = await orm.open('home', [question, answer] as never)
    const runner = source.createQueryRunner()
    await runner.createSchema('archive.questions', true)
    await runner.createSchema('archive.answers', true)
    expect(await runner.getCurrentDatabase()).toBe('home')
    expect(await runner.getSchemas('archive')).toEqual(expect.arrayContaining(['questions', 'answers']))
    await source.synchronize()
    await expectInStep(source)
    const questions = source.getRepository(question)
    const answers = source.getRepository(answer)
    const saved = await questions.save({ name: 'Why?' })
    await answers.save([
      { text: 'Because', question: saved },
      { text: 'Ask again', question: saved },
    ])
    const found = await questions.find({ relations: { answers: true }, order: { answers: { id: 'ASC' } } })
    expect(found).toEqual([
      {
        id: 1,
        name: 'Why?',
        answers: [
          { id: 1, text: 'Because' },
          { id: 2, text: 'Ask again' },
        ],
      },
    ])
    await expect(answers.insert({ text: 'x', question: { id: 9, name: '' } })).rejects.toMatchObject({ number: 547 })
    await questions.delete(1)
    expect(await answers.count()).toBe(0)
    await runner.release()
  })

  test('adds, renames, and drops there, and goes back', async () => {
    const source = await orm.open('home', [])
    const runner = source.createQueryRunner()
    await runner.createSchema('archive.stock', true)
    const shelf = 'archive.stock.shelf'
    const box = 'archive.stock.box'
    await runner.createTable(
      new Table({
        name: shelf,
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'place', type: 'varchar', default: "'cellar'" },
        ],
        indices: [{ columnNames: ['place'] }],
        checks: [{ expression: `"place" <> ''` }],
      }),
      true,
    )
    await runner.createTable(
      new Table({
        name: box,
        columns: [
          { name: 'id', type: 'int', isPrimary: true },
          { name: 'shelfId', type: 'int', isUnique: true },
        ],
        foreignKeys: [{ columnNames: ['shelfId'], referencedTableName: shelf, referencedColumnNames: ['id'] }],
      }),
      true,
    )
    expect((await runner.getTable(shelf))?.checks.map((check) => check.expression)).toEqual(["([place]<>'')"])
    runner.clearSqlMemory()
    await runner.addColumn(shelf, new TableColumn({ name: 'width', type: 'int', default: '3' }))
    await runner.renameColumn(shelf, 'width', 'breadth')
    await runner.renameTable(shelf, 'rack')
    const rack = await runner.getTable('archive.stock.rack')
    expect(rack?.columns.map((column) => [column.name, column.default])).toEqual([
      ['id', undefined],
      ['place', "'cellar'"],
      ['breadth', '3'],
    ])
    expect(rack?.indices.map((index) => index.name)).toEqual([
      source.namingStrategy.indexName(rack as Table, ['place']),
    ])
    await runner.executeMemoryDownSql()
    expect((await runner.getTable(shelf))?.columns.map((column) => column.name)).toEqual(['id', 'place'])
    await runner.dropIndex(shelf, (await runner.getTable(shelf))?.indices[0]?.name ?? '')
    await runner.dropTable(box)
    await runner.dropTable(shelf)
    await runner.dropSchema('archive.stock')
    expect(await runner.getSchemas('archive')).not.toContain('stock')
    expect(await runner.getCurrentDatabase()).toBe('home')
    await runner.release()
  })

  test('a view is made and dropped in the current database alone', async () => {
    const source = await orm.open('home', [])
    for (const statement of ['CREATE VIEW archive.dbo.v AS SELECT 1 AS a', 'DROP VIEW archive.dbo.v'])
      await expect(source.query(statement)).rejects.toMatchObject({ number: 166 })
    await expect(source.query('DROP TABLE archive.dbo.nothing')).rejects.toMatchObject({ number: 3701 })
  })
})
