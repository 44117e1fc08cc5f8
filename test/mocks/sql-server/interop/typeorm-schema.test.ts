import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectInStep, startTypeOrm, type TypeOrmServer } from './typeorm-source.ts'

type Row = Record<string, unknown>
type Columns = Record<string, EntitySchemaColumnOptions>

const id: EntitySchemaColumnOptions = { type: 'int', primary: true, generated: 'increment' }
const entity = (name: string, columns: Columns, rest: object = {}) =>
  new EntitySchema<Row>({ name, columns: { id, ...columns }, ...rest })

/** The columns of a kind of type, each with a value that comes back as it went. */
const kinds: Readonly<Record<string, readonly [EntitySchemaColumnOptions, unknown]>> = {
  bit: [{ type: 'bit' }, true],
  tiny: [{ type: 'tinyint' }, 250],
  small: [{ type: 'smallint' }, -32768],
  big: [{ type: 'bigint' }, '9223372036854775807'],
  dec: [{ type: 'dec' }, 100],
  decimal: [{ type: 'decimal', precision: 10, scale: 5 }, 50.12345],
  numeric: [{ type: 'numeric', precision: 10, scale: 10 }, 0.5],
  float: [{ type: 'float' }, 10.53],
  double: [{ type: 'double precision' }, 1e300],
  real: [{ type: 'real' }, 10.5],
  smallmoney: [{ type: 'smallmoney' }, 100.25],
  money: [{ type: 'money' }, 2500.1234],
  guid: [{ type: 'uniqueidentifier' }, '0E984725-C51C-4BF4-9960-E1C80E27ABA0'],
  char: [{ type: 'char', length: 5 }, 'AAAAA'],
  nchar: [{ type: 'nchar', length: 2 }, 'äж'],
  varchar: [{ type: 'varchar' }, 'this'],
  max: [{ type: 'nvarchar', length: 'MAX' }, 'x'.repeat(9000)],
  text: [{ type: 'text' }, 'a text'],
  ntext: [{ type: 'ntext' }, 'ж'],
  binary: [{ type: 'binary', length: 4 }, Buffer.from('ABCD')],
  varbinary: [{ type: 'varbinary', length: 'MAX' }, Buffer.from('B')],
  image: [{ type: 'image' }, Buffer.from('an image')],
  date: [{ type: 'date' }, '2017-06-21'],
  time: [{ type: 'time', precision: 5 }, '15:30:47'],
  datetime: [{ type: 'datetime' }, new Date(2020, 5, 6, 7, 8, 9)],
  datetime2: [{ type: 'datetime2', precision: 4 }, new Date(2020, 5, 6, 7, 8, 9)],
  small2: [{ type: 'smalldatetime' }, new Date(2020, 5, 6, 7, 8)],
  offset: [{ type: 'datetimeoffset', precision: 0 }, new Date(2020, 5, 6, 7, 8, 9)],
  list: [{ type: 'simple-array' }, ['a', 'b']],
  json: [{ type: 'simple-json' }, { a: [1, null] }],
  choice: [{ type: 'simple-enum', enum: ['A', 'B', 'C'] }, 'B'],
  xml: [{ type: 'xml' }, '<a/>'],
  variant: [{ type: 'sql_variant' }, 5],
  cased: [{ type: 'nvarchar', collation: 'Latin1_General_CS_AS' }, 'Aa'],
}

const defaults: Columns = {
  zero: { type: 'int', default: 0 },
  negative: { type: 'int', default: -5 },
  quoted: { type: 'nvarchar', default: "it''s" },
  text: { type: 'nvarchar', default: 'Upper (x)' },
  empty: { type: 'nvarchar', default: '' },
  yes: { type: 'bit', default: true },
  now: { type: 'datetime2', default: () => 'CURRENT_TIMESTAMP' },
  getdate: { type: 'datetime', default: () => 'GETDATE()' },
  utc: { type: 'datetime2', default: () => 'SYSUTCDATETIME()' },
  offset: { type: 'datetimeoffset', default: () => 'SYSDATETIMEOFFSET()' },
  later: { type: 'datetime2', default: () => 'dateadd(day,(1),getdate())' },
  guid: { type: 'uniqueidentifier', default: () => 'NEWID()' },
  decimal: { type: 'decimal', precision: 10, scale: 2, default: 1.5 },
  float: { type: 'float', default: 1e10 },
  day: { type: 'date', default: '2020-01-01' },
  styled: { type: 'nvarchar', default: () => 'CONVERT([nvarchar](10),getdate(),(112))' },
  bytes: { type: 'varbinary', length: 8, default: () => '0x00' },
  made: { type: 'uniqueidentifier', generated: 'uuid' },
}

const computed = entity(
  'computed',
  {
    first: { type: 'nvarchar', length: 50 },
    last: { type: 'nvarchar', length: 50 },
    price: { type: 'int' },
    whole: { type: 'nvarchar', asExpression: `concat("first",' ',"last")`, insert: false },
    kept: { type: 'nvarchar', asExpression: `"first" + "last"`, generatedType: 'STORED', insert: false },
    hash: {
      type: 'varchar',
      asExpression: `HashBytes('MD5',coalesce("first",'0'))`,
      generatedType: 'VIRTUAL',
      nullable: true,
      insert: false,
      select: false,
    },
  },
  {
    checks: [
      { expression: '"price" > 0' },
      { expression: `"first" <> '' AND "price" BETWEEN 1 AND 1000` },
      { expression: `"last" IN ('x','y') or len("last") > 1` },
    ],
    indices: [{ columns: ['first'], unique: true, where: '"first" IS NOT NULL' }],
  },
)

describe('TypeORM, schemas in step', () => {
  let orm: TypeOrmServer
  beforeAll(async () => {
    orm = await startTypeOrm('types', 'defaults', 'computed', 'changes')
  })
  afterAll(async () => {
    await orm[Symbol.asyncDispose]()
  })

  test('every type, and values of it', async () => {
    const columns = Object.fromEntries(Object.entries(kinds).map(([name, [column]]) => [name, column]))
    const values = Object.fromEntries(Object.entries(kinds).map(([name, [, value]]) => [name, value]))
    const all = entity('kinds', { ...columns, stamp: { type: 'rowversion', insert: false, update: false } })
    const source = await orm.open('types', [all] as never, { synchronize: true })
    await expectInStep(source)
    await source.getRepository(all).save({ ...values })
    const loaded = await source.getRepository(all).findOneByOrFail({ id: 1 })
    expect(loaded).toMatchObject(values)
    expect(loaded.stamp).toHaveLength(8)
    await expect(source.query("UPDATE kinds SET choice = 'D'")).rejects.toMatchObject({ number: 547 })
  })

  test('defaults, as the catalogue writes them', async () => {
    const all = entity('defaults', defaults)
    const source = await orm.open('defaults', [all] as never, { synchronize: true })
    await expectInStep(source)
    await source.query('INSERT INTO defaults DEFAULT VALUES')
    expect(await source.getRepository(all).findOneByOrFail({ id: 1 })).toMatchObject({
      zero: 0,
      negative: -5,
      quoted: "it's",
      text: 'Upper (x)',
      empty: '',
      yes: true,
      decimal: 1.5,
      float: 1e10,
      day: '2020-01-01',
    })
  })

  test('computed columns, checks and filtered indices', async () => {
    const source = await orm.open('computed', [computed] as never, { synchronize: true })
    await expectInStep(source)
    await source.getRepository(computed).save({ first: 'A', last: 'Bc', price: 4 })
    expect(await source.getRepository(computed).find()).toEqual([
      { id: 1, first: 'A', last: 'Bc', price: 4, whole: 'A Bc', kept: 'ABc' },
    ])
  })

  test('changes from one version of a program to the next', async () => {
    const other = entity('other', {})
    const relation = (options: object) => ({
      relations: { other: { type: 'many-to-one', target: 'other', ...options } },
    })
    const versions: readonly (readonly [Columns, object?])[] = [
      [{ a: { type: 'nvarchar', default: 'v' }, b: { type: 'int', nullable: true } }],
      [{ a: { type: 'nvarchar', length: 100, default: 'w' }, b: { type: 'int', default: 7 } }],
      [{ a: { type: 'varchar', length: 'MAX', default: 'w' }, b: { type: 'bigint', default: 7 } }],
      [
        {
          a: { type: 'varchar', length: 20, default: 'w', unique: true },
          c: { type: 'datetime2', default: () => 'getdate()' },
        },
      ],
      [
        { a: { type: 'varchar', length: 20, default: 'w' }, c: { type: 'datetime2', precision: 3, nullable: true } },
        {
          indices: [{ name: 'by_a', columns: ['a', 'c'], unique: true }],
          checks: [{ name: 'ck', expression: `"a" <> ''` }],
        },
      ],
      [
        { a: { type: 'varchar', length: 20, nullable: true, collation: 'Latin1_General_BIN2' } },
        relation({ nullable: true, onDelete: 'SET NULL' }),
      ],
      [
        { d: { type: 'decimal', precision: 8, scale: 3, default: 0.5 } },
        relation({ nullable: true, onDelete: 'CASCADE' }),
      ],
      [
        {
          d: { type: 'decimal', precision: 12, scale: 2, default: 1 },
          e: { type: 'simple-enum', enum: ['x'], default: 'x' },
        },
      ],
      [{ d: { type: 'decimal', precision: 12, scale: 2 }, e: { type: 'simple-enum', enum: ['x', 'y'], default: 'y' } }],
    ]
    for (const [i, [columns, rest]] of versions.entries()) {
      const source = await orm.open('changes', [entity('thing', columns, rest), other] as never, { synchronize: true })
      await expectInStep(source)
      if (i === 0) await source.query('INSERT INTO thing(b) VALUES (1)')
      expect(await source.query('SELECT COUNT(*) AS n FROM thing')).toEqual([{ n: 1 }])
      await source.destroy()
    }
  })
})
