import { type DataSource, EntitySchema, In, IsNull, Like, MoreThan, Not, Raw } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTypeOrm, type TypeOrmServer } from './typeorm-source.ts'

interface User {
  id: number
  name: string
  email?: string | null
  age: number
  updated?: Date
  deleted?: Date | null
  posts?: Post[]
}
interface Post {
  id: number
  title: string
  score?: number
  big?: string | null
  author?: User | null
  tags?: Tag[]
}
interface Tag {
  id: number
  name: string
}
interface Pair {
  a: number
  b: string
  day?: Date | null
  v?: number | null
}

const id = { type: 'int', primary: true, generated: 'increment' } as const
const user = new EntitySchema<User>({
  name: 'user',
  columns: {
    id,
    name: { type: 'nvarchar' },
    email: { type: 'nvarchar', nullable: true },
    age: { type: 'int', default: 0 },
    updated: { type: 'datetime2', updateDate: true },
    deleted: { type: 'datetime2', deleteDate: true, nullable: true },
  },
  uniques: [{ columns: ['email'] }],
  relations: { posts: { type: 'one-to-many', target: 'post', inverseSide: 'author', cascade: true } },
})
const post = new EntitySchema<Post>({
  name: 'post',
  columns: {
    id,
    title: { type: 'nvarchar' },
    score: { type: 'decimal', precision: 10, scale: 2, default: 0 },
    big: { type: 'bigint', nullable: true },
  },
  relations: {
    author: { type: 'many-to-one', target: 'user', inverseSide: 'posts', onDelete: 'CASCADE', nullable: true },
    tags: { type: 'many-to-many', target: 'tag', cascade: true, joinTable: true },
  },
})
const tag = new EntitySchema<Tag>({ name: 'tag', columns: { id, name: { type: 'nvarchar' } } })
const pair = new EntitySchema<Pair>({
  name: 'pair',
  columns: {
    a: { type: 'int', primary: true },
    b: { type: 'nvarchar', length: 20, primary: true },
    day: { type: 'date', nullable: true },
    v: { type: 'int', nullable: true },
  },
})

describe("TypeORM's queries", () => {
  let orm: TypeOrmServer
  let source: DataSource
  beforeAll(async () => {
    orm = await startTypeOrm('queries')
    source = await orm.open('queries', [user, post, tag, pair] as never, { synchronize: true })
    await source.getRepository(user).save([
      {
        name: 'Ann',
        email: 'ann@x',
        age: 30,
        posts: [
          { title: 'A1', score: 1.5, tags: [{ name: 'c1' }, { name: 'c2' }] },
          { title: 'A2', score: 2.25, big: '9007199254740993' },
        ],
      },
      { name: 'Bob', age: 20, posts: [{ title: 'B1' }] },
      { name: 'Cid', email: 'cid@x' },
    ])
  })
  afterAll(async () => {
    await orm[Symbol.asyncDispose]()
  })

  test('find with operators, relations, pages and sums', async () => {
    const users = source.getRepository(user)
    const names = async (where: object) =>
      (await users.find({ where, order: { id: 'ASC' } })).map((found) => found.name)
    expect(await names({ age: MoreThan(19), name: Not(Like('b%')) })).toEqual(['Ann'])
    expect(await names({ name: In(['Ann', 'Cid']) })).toEqual(['Ann', 'Cid'])
    expect(await names({ name: In([]) })).toEqual([])
    expect(await names({ email: IsNull() })).toEqual(['Bob'])
    expect(await names({ name: Raw((alias) => `LEN(${alias}) = :n AND ${alias} > 'b'`, { n: 3 }) })).toEqual([
      'Bob',
      'Cid',
    ])
    expect(await names({ posts: { tags: { name: 'c1' } } })).toEqual(['Ann'])
    const [page, total] = await source.getRepository(post).findAndCount({
      where: { author: { name: 'Ann' } },
      relations: { author: true, tags: true },
      order: { title: 'DESC', tags: { name: 'DESC' } },
      skip: 1,
      take: 5,
    })
    expect([
      total,
      page.map((found) => [found.title, found.author?.name, found.tags?.map((each) => each.name)]),
    ]).toEqual([2, [['A1', 'Ann', ['c2', 'c1']]]])
    expect((await users.find({ skip: 1, order: { id: 'ASC' } })).map((found) => found.name)).toEqual(['Bob', 'Cid'])
    expect(await Promise.all([users.sum('age'), users.average('age'), users.maximum('age')])).toEqual([50, 16, 30])
    expect((await source.getRepository(post).findOneByOrFail({ title: 'A2' })).big).toBe('9007199254740993')
  })

  test('the query builder: groups, subqueries, common table expressions, locks', async () => {
    const posts = () => source.getRepository(post).createQueryBuilder('p')
    const sums = posts().select('p.author', 'author').addSelect('SUM(p.score)', 'sum').groupBy('p.author')
    expect(await sums.having('SUM(p.score) > :least', { least: 1 }).getRawMany()).toEqual([{ author: 1, sum: 3.75 }])
    const inner = source.getRepository(post).createQueryBuilder('q').where('q.author = u.id AND q.score > 2')
    expect((await source.getRepository(user).createQueryBuilder('u').whereExists(inner).getMany()).length).toBe(1)
    const expression = source
      .createQueryBuilder()
      .addCommonTableExpression('SELECT id, name FROM "user"', 'names', { columnNames: ['i', 'n'] })
      .select('n.n', 'name')
      .from('names', 'n')
    expect(await expression.where('n.i = 2').getRawMany()).toEqual([{ name: 'Bob' }])
    expect(
      (
        await posts().leftJoinAndSelect('p.author', 'a').orderBy('a.name').addOrderBy('p.id').skip(1).take(1).getMany()
      )[0]?.title,
    ).toBe('A2')
    for (const lock of ['pessimistic_read', 'pessimistic_write', 'dirty_read'] as const)
      await source.transaction(async (manager) => {
        const found = await manager
          .createQueryBuilder(post, 'p')
          .setLock(lock)
          .leftJoinAndSelect('p.author', 'a')
          .getMany()
        expect(found).toHaveLength(3)
      })
  })

  test('changes tell what they did; the deleted come back', async () => {
    const users = source.getRepository(user)
    const { raw } = await source
      .createQueryBuilder()
      .update(user)
      .set({ age: () => 'age + 1' })
      .where('id < :id', { id: 3 })
      .output('inserted.id, deleted.age AS before, inserted.age AS after')
      .execute()
    expect(raw).toEqual([
      { id: 1, before: 30, after: 31 },
      { id: 2, before: 20, after: 21 },
    ])
    expect((await users.softDelete(3)).affected).toBe(1)
    expect(await users.findOneBy({ id: 3 })).toBeNull()
    expect((await users.restore(3)).affected).toBe(1)
    const inserted = await source
      .createQueryBuilder()
      .insert()
      .into(tag)
      .values([{ name: () => "'E' + 'va'" }])
      .returning(['id', 'name'])
      .execute()
    expect(inserted.raw).toEqual([{ id: 3, name: 'Eva' }])
    const removed = await source
      .createQueryBuilder()
      .delete()
      .from(tag)
      .where('id = 3')
      .returning('deleted.name')
      .execute()
    expect(removed).toMatchObject({ raw: [{ name: 'Eva' }], affected: 1 })
    await expect(users.insert({ name: 'dup', email: 'ann@x' })).rejects.toMatchObject({
      name: 'QueryFailedError',
      number: 2627,
      driverError: { number: 2627, class: 14 },
    })
  })

  test('upserts by MERGE, NULLs of every type among them', async () => {
    const users = source.getRepository(user)
    await users.upsert(
      [
        { email: 'ann@x', name: 'Anna' },
        { email: 'new@x', name: 'New' },
      ],
      ['email'],
    )
    expect((await users.findOneByOrFail({ email: 'ann@x' })).name).toBe('Anna')
    expect(await users.countBy({ email: 'new@x' })).toBe(1)
    const pairs = source.getRepository(pair)
    await pairs.upsert(
      [
        { a: 1, b: 'x', v: 7 },
        { a: 2, b: 'y' },
      ],
      ['a', 'b'],
    )
    await pairs.upsert([{ a: 1, b: 'x', v: 8 }], ['a', 'b'])
    expect(await pairs.find({ order: { a: 'ASC' } })).toEqual([
      { a: 1, b: 'x', day: null, v: 8 },
      { a: 2, b: 'y', day: null, v: null },
    ])
  })

  test('one row changed by ten transactions at once', async () => {
    const pairs = source.getRepository(pair)
    await pairs.save({ a: 9, b: 'counter', v: 0 })
    await Promise.all(
      Array.from({ length: 10 }, () =>
        source.transaction(async (manager) => {
          const lock = { mode: 'pessimistic_write' } as const
          const counter = await manager.findOneOrFail(pair, { where: { a: 9, b: 'counter' }, lock })
          await manager.save(pair, { ...counter, v: (counter.v ?? 0) + 1 })
        }),
      ),
    )
    expect((await pairs.findOneByOrFail({ a: 9 })).v).toBe(10)
  })
})
