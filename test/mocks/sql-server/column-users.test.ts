import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './running-server.ts'

describe('what stands on a column', () => {
  let server: TestServer
  let pool: sql.ConnectionPool
  beforeAll(async () => {
    server = await startTestServer()
    pool = await server.connect()
    await pool.query(`CREATE TABLE t(
      id int CONSTRAINT t_pk PRIMARY KEY, indexed int NULL, sized varchar(10) NULL, withdefault int CONSTRAINT t_df DEFAULT 1,
      checked varchar(10) CONSTRAINT t_ck CHECK (checked <> ''), summed AS indexed + 1, uniq int CONSTRAINT t_uq UNIQUE,
      included nvarchar(10), parent int CONSTRAINT t_fk REFERENCES t(id), filtered decimal(5,2), free int NOT NULL)
      CREATE INDEX t_indexed ON t(indexed)
      CREATE INDEX t_sized ON t(sized)
      CREATE INDEX t_free ON t(free) INCLUDE (included) WHERE filtered > 0`)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const refusals: readonly (readonly [action: string, ...dependents: string[]])[] = [
    ['ALTER COLUMN indexed bigint', "index 't_indexed'", "column 'summed'"],
    ['ALTER COLUMN indexed int NOT NULL', "index 't_indexed'", "column 'summed'"],
    ['ALTER COLUMN sized varchar(5)', "index 't_sized'"],
    ['ALTER COLUMN sized nvarchar(20)', "index 't_sized'"],
    ['ALTER COLUMN sized varchar(20) NOT NULL', "index 't_sized'"],
    ['ALTER COLUMN withdefault bigint', "object 't_df'"],
    ['ALTER COLUMN checked char(10)', "object 't_ck'"],
    ['ALTER COLUMN checked varchar(10) COLLATE Latin1_General_BIN2', "object 't_ck'"],
    ['ALTER COLUMN uniq bigint', "object 't_uq'"],
    ['ALTER COLUMN included int', "index 't_free'"],
    ['ALTER COLUMN filtered decimal(6,2)', "index 't_free'"],
    ['ALTER COLUMN parent bigint', "object 't_fk'"],
    ['ALTER COLUMN id bigint NOT NULL', "object 't_pk'", "object 't_fk'"],
    ['DROP COLUMN included', "index 't_free'"],
    ['DROP COLUMN id', "object 't_pk'", "object 't_fk'"],
  ]
  test.each(refusals)('%s is refused', async (action, ...dependents) => {
    const [, , column] = action.split(' ')
    await expect(pool.query(`ALTER TABLE t ${action}`)).rejects.toMatchObject({
      number: 4922,
      precedingErrors: dependents.map((name) => ({ message: `The ${name} is dependent on column '${column}'.` })),
    })
  })

  test.each([
    'sized varchar(20)',
    'withdefault int NOT NULL',
    'checked varchar(5)',
    'checked varchar(5) NOT NULL',
    'included nvarchar(20)',
    'parent int NULL',
    'free int NULL',
    'id int NOT NULL',
  ])('ALTER COLUMN %s is not', async (column) => {
    await expect(pool.query(`ALTER TABLE t ALTER COLUMN ${column}`)).resolves.toBeDefined()
  })

  test('indices within CREATE TABLE, and a default WITH VALUES', async () => {
    await pool.query(`CREATE TABLE inline(a int INDEX i1 WITH (FILLFACTOR = 80), b int, c int,
      INDEX i2 NONCLUSTERED (b) INCLUDE (a) WHERE b > 0, INDEX i3 UNIQUE (c DESC))`)
    await pool.query('ALTER TABLE inline ADD CONSTRAINT inline_df DEFAULT 5 FOR a WITH VALUES')
    const { recordset } =
      await pool.query(`SELECT i.name, i.is_unique AS u, i.filter_definition AS f, COL_NAME(c.object_id,c.column_id) AS col,
      c.is_included_column AS inc FROM sys.indexes i JOIN sys.index_columns c ON c.object_id=i.object_id AND c.index_id=i.index_id
      WHERE i.object_id=OBJECT_ID('inline') ORDER BY i.name, inc`)
    expect(recordset).toEqual([
      { name: 'i1', u: false, f: null, col: 'a', inc: false },
      { name: 'i2', u: false, f: '([b]>(0))', col: 'b', inc: false },
      { name: 'i2', u: false, f: '([b]>(0))', col: 'a', inc: true },
      { name: 'i3', u: true, f: null, col: 'c', inc: false },
    ])
  })

  test('OBJECT_DEFINITION, COL_NAME, COL_LENGTH, TYPE_NAME, ODBCSCALE and names of other databases', async () => {
    await pool.query("CREATE TYPE code FROM varchar(8); CREATE DATABASE elsewhere; CREATE TABLE c(a code DEFAULT 'x')")
    await pool.query('CREATE VIEW v AS SELECT a, 1 AS b FROM c')
    await pool.query('CREATE TABLE elsewhere.dbo.e(a int CONSTRAINT e_ck CHECK (a > 0))')
    const { recordset } =
      await pool.query(`SELECT OBJECT_DEFINITION(OBJECT_ID('t_ck')) AS ck, OBJECT_NAME(OBJECT_ID('t_pk')) AS pk,
      (SELECT OBJECT_DEFINITION(default_object_id) FROM sys.columns WHERE object_id=OBJECT_ID('c')) AS df,
      (SELECT TYPE_NAME(user_type_id) FROM sys.types WHERE is_user_defined=1) AS type,
      COL_NAME(OBJECT_ID('v'),2) AS name, COL_LENGTH('v','a') AS length, ODBCSCALE(106,3) AS s1, ODBCSCALE(231,0) AS s2,
      OBJECT_NAME(OBJECT_ID('elsewhere.dbo.e_ck'),DB_ID('elsewhere')) AS there, OBJECT_ID('elsewhere.sys2.e_ck') AS nowhere,
      OBJECT_SCHEMA_NAME(OBJECT_ID('elsewhere.dbo.e'),DB_ID('elsewhere')) AS [schema], OBJECT_NAME(OBJECT_ID('sys.objects')) AS sys`)
    expect(recordset).toEqual([
      {
        ck: "([checked]<>'')",
        pk: 't_pk',
        df: "('x')",
        type: 'code',
        name: 'b',
        length: 8,
        s1: 3,
        s2: null,
        there: 'e_ck',
        nowhere: null,
        schema: 'dbo',
        sys: 'objects',
      },
    ])
  })
})
