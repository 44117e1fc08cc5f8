import 'reflect-metadata'
import {
  DataSource,
  type DataSourceOptions,
  EntitySchema,
  type MigrationInterface,
  type QueryRunner,
  Table,
  TableColumn,
  TableForeignKey,
  TableIndex,
} from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'

interface Author {
  id: number
  name: string
  born?: Date | null
  books?: Book[]
  tags?: Tag[]
}
interface Book {
  id: string
  title: string
  price: number
  pages?: number | null
  facts?: { readonly isbn: string } | null
  author?: Author | null
  version?: number
  written?: Date
}
interface Tag {
  code: string
  authors?: Author[]
}

const author = new EntitySchema<Author>({
  name: 'author',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: 'nvarchar', length: 100 },
    born: { type: 'date', nullable: true },
  },
  relations: {
    books: { type: 'one-to-many', target: 'book', inverseSide: 'author' },
    tags: { type: 'many-to-many', target: 'tag', joinTable: true, cascade: true },
  },
})
const book = new EntitySchema<Book>({
  name: 'book',
  columns: {
    id: { type: 'uniqueidentifier', primary: true, generated: 'uuid' },
    title: { type: 'nvarchar', length: 200, unique: true },
    price: { type: 'decimal', precision: 10, scale: 2, default: 9.5 },
    pages: { type: 'int', nullable: true },
    facts: { type: 'simple-json', nullable: true },
    version: { type: 'int', version: true },
    written: { type: 'datetime2', createDate: true },
  },
  indices: [{ name: 'book_by_pages', columns: ['pages'] }],
  checks: [{ name: 'book_price', expression: '"price" >= 0' }],
  relations: {
    author: { type: 'many-to-one', target: 'author', inverseSide: 'books', onDelete: 'CASCADE' },
  },
})
const tag = new EntitySchema<Tag>({
  name: 'tag',
  columns: { code: { type: 'varchar', length: 20, primary: true } },
  relations: { authors: { type: 'many-to-many', target: 'author', inverseSide: 'tags' } },
})

/** The book as a later version of the program has it: a longer title, a column more, one less, another default. */
const laterBook = new EntitySchema<Book & { subtitle?: string | null }>({
  name: 'book',
  columns: {
    id: { type: 'uniqueidentifier', primary: true, generated: 'uuid' },
    title: { type: 'nvarchar', length: 300, unique: true },
    price: { type: 'decimal', precision: 10, scale: 2, default: 12 },
    subtitle: { type: 'nvarchar', length: 50, nullable: true },
    facts: { type: 'simple-json', nullable: true },
    version: { type: 'int', version: true },
    written: { type: 'datetime2', createDate: true },
  },
  checks: [{ name: 'book_price', expression: '"price" >= 0' }],
  relations: {
    author: { type: 'many-to-one', target: 'author', inverseSide: 'books', onDelete: 'CASCADE' },
  },
})

class Shelves1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'shelf',
        columns: [
          { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'place', type: 'nvarchar', length: '50', isNullable: false, default: "'cellar'" },
          { name: 'width', type: 'int', isNullable: true },
        ],
        uniques: [{ name: 'shelf_place', columnNames: ['place'] }],
        checks: [{ name: 'shelf_place_named', expression: `"place" <> ''` }],
      }),
      true,
    )
    await runner.createTable(
      new Table({
        name: 'box',
        columns: [
          { name: 'id', type: 'int', isPrimary: true },
          { name: 'shelf', type: 'int' },
        ],
      }),
    )
    await runner.createForeignKey(
      'box',
      new TableForeignKey({
        name: 'box_shelf',
        columnNames: ['shelf'],
        referencedTableName: 'shelf',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      }),
    )
    await runner.createIndex('box', new TableIndex({ name: 'box_by_shelf', columnNames: ['shelf'] }))
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.dropForeignKey('box', 'box_shelf')
    await runner.dropTable('box')
    await runner.dropTable('shelf')
  }
}
class Renames1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.renameColumn('shelf', 'width', 'breadth')
    await runner.addColumn('shelf', new TableColumn({ name: 'height', type: 'int', isNullable: true }))
    await runner.changeColumn(
      'shelf',
      'height',
      new TableColumn({ name: 'height', type: 'int', isNullable: false, default: '3' }),
    )
    await runner.renameTable('box', 'crate')
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.renameTable('crate', 'box')
    await runner.dropColumn('shelf', 'height')
    await runner.renameColumn('shelf', 'breadth', 'width')
  }
}

describe('TypeORM', () => {
  let server: TestServer
  const open = (given: Partial<DataSourceOptions> = {}) =>
    new DataSource({
      type: 'mssql',
      host: '127.0.0.1',
      port: server.port,
      username: 'sa',
      password: saPassword,
      database: 'library',
      options: { encrypt: false, trustServerCertificate: true },
      entities: [author, book, tag],
      ...given,
    } as DataSourceOptions).initialize()

  beforeAll(async () => {
    server = await startTestServer()
    const pool = await server.connect()
    await pool.query('CREATE DATABASE library')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test('makes the schema, and finds nothing to change in it the second time', async () => {
    const first = await open({ synchronize: true })
    await first.destroy()
    const second = await open()
    const { upQueries } = await second.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).toEqual([])
    await second.destroy()
  })

  test('saves, finds and removes entities with their relations', async () => {
    const source = await open()
    const authors = source.getRepository(author)
    const books = source.getRepository(book)
    const [ada, ben] = await authors.save([
      { name: 'Ada', born: new Date(Date.UTC(1815, 11, 10)), tags: [{ code: 'maths' }, { code: 'poetry' }] },
      { name: 'Ben', born: null },
    ])
    if (!ada || !ben) throw new Error('nothing saved')
    expect([ada.id, ben.id]).toEqual([1, 2])
    await books.save([
      { title: 'Notes', author: ada, facts: { isbn: '1' } },
      { title: 'Sketch', author: ada, price: 20, pages: 100 },
      { title: 'Other', author: ben, pages: 50 },
    ])
    const found = await authors.find({
      relations: { books: true, tags: true },
      order: { id: 'ASC', books: { title: 'ASC' } },
    })
    expect(
      found.map(({ name, books: own, tags }) => [name, own?.map((b) => b.title), tags?.map((t) => t.code).sort()]),
    ).toEqual([
      ['Ada', ['Notes', 'Sketch'], ['maths', 'poetry']],
      ['Ben', ['Other'], []],
    ])
    const [page, total] = await books.findAndCount({ order: { title: 'DESC' }, skip: 1, take: 1 })
    expect([page.map((b) => b.title), total]).toEqual([['Other'], 3])
    const notes = await books.findOneByOrFail({ title: 'Notes' })
    expect(notes).toMatchObject({ price: 9.5, facts: { isbn: '1' }, version: 1 })
    notes.price = 11
    await books.save(notes)
    expect(await books.findOneByOrFail({ id: notes.id })).toMatchObject({ price: 11, version: 2 })
    const sums = await books
      .createQueryBuilder('b')
      .select('b.author', 'author')
      .addSelect('SUM(b.price)', 'sum')
      .groupBy('b.author')
      .orderBy('sum', 'DESC')
      .getRawMany()
    expect(sums).toEqual([
      { author: 1, sum: 31 },
      { author: 2, sum: 9.5 },
    ])
    expect(await books.exists({ where: { title: 'Nowhere' } })).toBe(false)
    expect((await books.update({ title: 'Other' }, { pages: 51 })).affected).toBe(1)
    expect((await books.delete({ title: 'Other' })).affected).toBe(1)
    await authors.delete(ada.id)
    expect(await books.count()).toBe(0)
    await source.destroy()
  })

  test('has transactions, and errors with their numbers', async () => {
    const source = await open()
    const tags = source.getRepository(tag)
    await tags.insert({ code: 'one' })
    await expect(tags.insert({ code: 'one' })).rejects.toMatchObject({ number: 2627 })
    await expect(source.query('INSERT INTO book_none VALUES(1)')).rejects.toMatchObject({ number: 208 })
    await expect(
      source.transaction('SERIALIZABLE', async (manager) => {
        await manager.insert(tag, { code: 'two' })
        throw new Error('back')
      }),
    ).rejects.toThrow('back')
    expect(await tags.existsBy({ code: 'two' })).toBe(false)
    await source.transaction(async (manager) => {
      await manager.insert(tag, { code: 'three' })
      await manager
        .transaction(async (inner) => {
          await inner.insert(tag, { code: 'four' })
          throw new Error('inner')
        })
        .catch((error: Error) => expect(error.message).toBe('inner'))
    })
    expect((await tags.find({ order: { code: 'ASC' } })).map((t) => t.code)).toEqual([
      'maths',
      'one',
      'poetry',
      'three',
    ])
    expect(await source.query('SELECT @0 AS a, @1 AS b', [1, 'x'])).toEqual([{ a: 1, b: 'x' }])
    await source.destroy()
  })

  test('brings an existing schema up to what the program has now', async () => {
    const source = await open({ entities: [author, laterBook, tag] as never })
    await source.synchronize()
    const runner = source.createQueryRunner()
    const table = await runner.getTable('book')
    expect(table?.columns.map((c) => [c.name, c.type, c.length, c.isNullable, c.default])).toEqual([
      ['id', 'uniqueidentifier', '', false, undefined],
      ['price', 'decimal', '', false, '12'],
      ['facts', 'ntext', '', true, undefined],
      ['version', 'int', '', false, undefined],
      ['written', 'datetime2', '', false, 'getdate()'],
      ['authorId', 'int', '', true, undefined],
      ['title', 'nvarchar', '300', false, undefined],
      ['subtitle', 'nvarchar', '50', true, undefined],
    ])
    expect((await source.driver.createSchemaBuilder().log()).upQueries).toEqual([])
    await runner.release()
    await source.destroy()
  })

  test('migrates forth and back', async () => {
    const source = await open({ migrations: [Shelves1700000000000, Renames1700000000001] })
    expect((await source.runMigrations()).map((m) => m.name)).toEqual(['Shelves1700000000000', 'Renames1700000000001'])
    const runner = source.createQueryRunner()
    const shelf = await runner.getTable('shelf')
    expect(shelf?.columns.map((c) => [c.name, c.isNullable, c.isGenerated, c.default])).toEqual([
      ['id', false, true, undefined],
      ['place', false, false, "'cellar'"],
      ['breadth', true, false, undefined],
      ['height', false, false, '3'],
    ])
    expect(
      (await runner.getTable('crate'))?.foreignKeys.map((k) => [k.columnNames, k.referencedTableName, k.onDelete]),
    ).toEqual([[['shelf'], 'shelf', 'CASCADE']])
    await source.undoLastMigration()
    await source.undoLastMigration()
    expect(await runner.hasTable('shelf')).toBe(false)
    expect(await runner.hasDatabase('library')).toBe(true)
    await runner.createSchema('extra', true)
    expect(await runner.hasSchema('extra')).toBe(true)
    expect(await runner.getDatabases()).toEqual(['library', 'master', 'model', 'msdb', 'tempdb'])
    await runner.clearDatabase()
    expect(await runner.hasTable('author')).toBe(false)
    await runner.release()
    await source.destroy()
  })
})
