import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './running-server.ts'

describe('constraints that cannot be', () => {
  let server: TestServer
  let pool: sql.ConnectionPool
  beforeAll(async () => {
    server = await startTestServer()
    pool = await server.connect()
    await pool.batch('CREATE TABLE parent(id int PRIMARY KEY, code nvarchar(20) NOT NULL UNIQUE)')
    await pool.batch('CREATE TABLE twice(a int NOT NULL, b int NULL); INSERT twice VALUES(7, NULL), (7, NULL)')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const told = async (text: string): Promise<unknown> => {
    try {
      await pool.batch(text)
    } catch (thrown) {
      const error = thrown as sql.RequestError & { precedingErrors?: sql.RequestError[] }
      return [...(error.precedingErrors ?? []), error].map((each) => [each.number, each.message])
    }
    return 'nothing is wrong'
  }
  const notCreated = [1750, 'Could not create constraint or index. See previous errors.']

  test.each([
    [
      `CREATE TABLE b(id int PRIMARY KEY, p int REFERENCES parent(id) ON DELETE CASCADE,
         q int CONSTRAINT second REFERENCES parent(id) ON DELETE SET NULL)`,
      1785,
      "Introducing FOREIGN KEY constraint 'second' on table 'b' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.",
    ],
    [
      'CREATE TABLE own(id int PRIMARY KEY, above int CONSTRAINT own_above REFERENCES own(id) ON UPDATE CASCADE)',
      1785,
      "Introducing FOREIGN KEY constraint 'own_above' on table 'own' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.",
    ],
    [
      'CREATE TABLE c(p bigint CONSTRAINT c_p REFERENCES parent(id))',
      1778,
      "Column 'parent.id' is not the same data type as referencing column 'c.p' in foreign key 'c_p'.",
    ],
    [
      'CREATE TABLE c(p nvarchar(21) CONSTRAINT c_p REFERENCES parent(code))',
      1753,
      "Column 'parent.code' is not the same length or scale as referencing column 'c.p' in foreign key 'c_p'. Columns participating in a foreign key relationship must be defined with the same length and scale.",
    ],
    [
      'CREATE TABLE c(p nvarchar(20) COLLATE Latin1_General_BIN2 CONSTRAINT c_p REFERENCES parent(code))',
      1757,
      "Column 'parent.code' is not of same collation as referencing column 'c.p' in foreign key 'c_p'.",
    ],
    [
      'ALTER TABLE twice ADD CONSTRAINT once UNIQUE(a, b)',
      1505,
      "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.twice' and the index name 'once'. The duplicate key value is (7, <NULL>).",
    ],
    [
      'ALTER TABLE twice ADD PRIMARY KEY(b)',
      8111,
      "Cannot define PRIMARY KEY constraint on nullable column in table 'twice'.",
    ],
    [
      'CREATE TABLE c(a int NULL PRIMARY KEY)',
      8111,
      "Cannot define PRIMARY KEY constraint on nullable column in table 'c'.",
    ],
    ['ALTER TABLE parent ADD PRIMARY KEY(code)', 1779, "Table 'parent' already has a primary key defined on it."],
  ])('%s', async (text, number, message) => {
    expect(await told(text)).toEqual([[number, message], notCreated])
  })

  test('an index alone is not told of as a constraint', async () => {
    expect(await told('CREATE UNIQUE INDEX once ON twice(a)')).toEqual([
      [
        1505,
        "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.twice' and the index name 'once'. The duplicate key value is (7).",
      ],
    ])
  })

  test('the last column of data stays', async () => {
    expect(await told('CREATE TABLE lone(a int, b AS a + 1); ALTER TABLE lone DROP COLUMN b, a')).toEqual([
      [
        4923,
        "ALTER TABLE DROP COLUMN failed because 'a' is the only data column in table 'lone'. A table must have at least one data column.",
      ],
    ])
  })

  test('what is no constraint cannot be dropped', async () => {
    expect(await told('ALTER TABLE parent DROP CONSTRAINT nope')).toEqual([
      [3728, "'nope' is not a constraint."],
      [3727, 'Could not drop constraint. See previous errors.'],
    ])
  })

  test('cascades that form a tree are taken; the columns of a key are not nullable', async () => {
    expect(
      await told(`CREATE TABLE one(a int, b int REFERENCES parent(id) ON DELETE CASCADE, PRIMARY KEY(a));
        CREATE TABLE two(a int REFERENCES one(a) ON DELETE CASCADE, b int REFERENCES parent(id))`),
    ).toBe('nothing is wrong')
    const { recordset } = await pool.query(
      "SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('one') ORDER BY column_id",
    )
    expect(recordset).toEqual([
      { name: 'a', is_nullable: false },
      { name: 'b', is_nullable: true },
    ])
  })

  test('a failed change in a transaction keeps nobody waiting', async () => {
    const other = await server.connect()
    await pool.batch("INSERT parent VALUES(1, 'one')")
    await pool.batch('BEGIN TRANSACTION')
    expect(await told("INSERT parent VALUES(1, 'two')")).toMatchObject([[2627, expect.stringContaining('PRIMARY KEY')]])
    await other.batch('SET LOCK_TIMEOUT 0')
    const { recordset } = await other.query('SELECT code FROM parent')
    expect(recordset).toEqual([{ code: 'one' }])
    await other.query("INSERT parent VALUES(3, 'three')")
    await pool.batch("INSERT parent VALUES(4, 'four')")
    await expect(other.query('SELECT code FROM parent')).rejects.toMatchObject({ number: 1222 })
    await pool.batch('COMMIT')
    expect((await other.query('SELECT count(*) AS n FROM parent')).recordset).toEqual([{ n: 3 }])
  })
})
