import { EntitySchema, type EntitySchemaRelationOptions } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectInStep, startTypeOrm, type TypeOrmServer } from './typeorm-source.ts'

interface Node {
  id: number
  name: string
  parent?: Node | null
  children?: Node[]
}

const id = { type: 'int', primary: true, generated: 'increment' } as const
const relation = (given: object) => given as EntitySchemaRelationOptions
const tree = (type: 'closure-table' | 'materialized-path' | 'nested-set', name: string) =>
  new EntitySchema<Node>({
    name,
    columns: { id, name: { type: 'nvarchar' } },
    trees: [{ type }],
    relations: {
      parent: relation({
        type: 'many-to-one',
        target: name,
        treeParent: true,
        inverseSide: 'children',
        nullable: true,
      }),
      children: relation({ type: 'one-to-many', target: name, treeChildren: true, inverseSide: 'parent' }),
    },
  })

describe('TypeORM, trees, caches and logins', () => {
  let orm: TypeOrmServer
  beforeAll(async () => {
    orm = await startTypeOrm('trees', 'caches', 'logins')
  })
  afterAll(async () => {
    await orm[Symbol.asyncDispose]()
  })

  test.each(['closure-table', 'materialized-path', 'nested-set'] as const)('a %s', async (type) => {
    const nodes = tree(type, type.replace('-', '_'))
    const source = await orm.open('trees', [nodes] as never, { synchronize: true })
    await expectInStep(source)
    const repository = source.getTreeRepository(nodes)
    const root = await repository.save({ name: 'root' })
    const left = await repository.save({ name: 'left', parent: root })
    const leaf = await repository.save({ name: 'leaf', parent: left })
    await repository.save({ name: 'right', parent: root })
    const names = (found: readonly Node[]) => found.map((node) => node.name).sort()
    expect(names(await repository.findRoots())).toEqual(['root'])
    expect(names(await repository.findDescendants(left))).toEqual(['leaf', 'left'])
    expect(names(await repository.findAncestors(leaf))).toEqual(['leaf', 'left', 'root'])
    expect(await repository.countDescendants(root)).toBe(4)
    expect(names((await repository.findDescendantsTree(root)).children ?? [])).toEqual(['left', 'right'])
    if (type !== 'nested-set') {
      await repository.save({ ...leaf, parent: root })
      expect(names(await repository.findDescendants(left))).toEqual(['left'])
    }
  })

  test('results kept in a table', async () => {
    const word = new EntitySchema<{ id: number; text: string }>({
      name: 'word',
      columns: { id, text: { type: 'nvarchar' } },
    })
    const source = await orm.open('caches', [word] as never, { synchronize: true, cache: true })
    const words = source.getRepository(word)
    const count = async () => (await words.createQueryBuilder('w').cache('words', 60_000).getMany()).length
    await words.save({ text: 'one' })
    expect(await count()).toBe(1)
    await words.save({ text: 'two' })
    expect(await count()).toBe(1)
    await source.queryResultCache?.remove(['words'])
    expect(await count()).toBe(2)
    await expectInStep(source)
  })

  test('a login with a default schema makes its tables there; a reader finds them in step', async () => {
    const owned = (schema?: string) =>
      new EntitySchema<{ id: number; text: string }>({
        name: 'owned',
        ...(schema ? { schema } : {}),
        columns: { id, text: { type: 'nvarchar', default: 'x' } },
      })
    const admin = await orm.open('logins', [])
    await admin.query('CREATE SCHEMA app')
    await admin.query(`CREATE LOGIN maker WITH PASSWORD='Str0ng!Pass'; CREATE USER maker WITH DEFAULT_SCHEMA=app;
      ALTER ROLE db_owner ADD MEMBER maker; CREATE LOGIN reader WITH PASSWORD='Str0ng!Pass'; CREATE USER reader;
      ALTER ROLE db_datareader ADD MEMBER reader`)
    const maker = await orm.open(
      'logins',
      [owned()] as never,
      {
        username: 'maker',
        password: 'Str0ng!Pass',
        synchronize: true,
      } as never,
    )
    await expectInStep(maker)
    expect(await admin.query("SELECT SCHEMA_NAME(schema_id) AS name FROM sys.tables WHERE name='owned'")).toEqual([
      { name: 'app' },
    ])
    const reader = await orm.open(
      'logins',
      [owned('app')] as never,
      { username: 'reader', password: 'Str0ng!Pass' } as never,
    )
    await expectInStep(reader)
    expect(await reader.getRepository('owned').count()).toBe(0)
    await expect(reader.getRepository('owned').save({})).rejects.toMatchObject({ number: 229 })
    await expect(reader.query('CREATE TABLE t(a int)')).rejects.toMatchObject({ number: 262 })
  })
})
