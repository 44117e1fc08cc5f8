import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './running-server.ts'

describe('what INSERT takes, and how much of it', () => {
  let server: TestServer
  let pool: sql.ConnectionPool
  beforeAll(async () => {
    server = await startTestServer()
    pool = await server.connect()
    await pool.query('CREATE TABLE t(a int, d date, u uniqueidentifier)')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test('a column of NULLs becomes what it is assigned to', async () => {
    for (const statement of [
      'INSERT t(d,u) SELECT x,y FROM (SELECT NULL AS x, NULL AS y) q',
      'INSERT t(d) SELECT x FROM (VALUES(NULL),(NULL)) v(x)',
      'INSERT t(d) SELECT x FROM (SELECT NULL AS x UNION ALL SELECT NULL) q',
      'WITH c AS (SELECT NULL AS x) INSERT t(d) SELECT x FROM c',
      'UPDATE t SET u=q.x FROM (SELECT NULL AS x) q',
      `MERGE t USING (VALUES(1,NULL,NULL),(2,NULL,NULL)) s(a,d,u) ON t.a=s.a
       WHEN NOT MATCHED THEN INSERT(a,d,u) VALUES(s.a,s.d,s.u);`,
    ])
      await expect(pool.query(statement)).resolves.toMatchObject({ recordset: undefined })
    const { recordset } = await pool.query('SELECT ISNULL(x,CAST(1.5 AS float)) AS y FROM (SELECT NULL AS x) q')
    expect(recordset).toEqual([{ y: 1.5 }])
  })

  test('it is an int once it is kept, and nothing that could be aggregated', async () => {
    await pool.query('CREATE OR ALTER VIEW w AS SELECT NULL AS x')
    await expect(pool.query('INSERT t(d) SELECT x FROM w')).rejects.toMatchObject({ number: 206 })
    await pool.query('SELECT x INTO kept FROM (SELECT NULL AS x) q')
    const { recordset } = await pool.query(
      "SELECT TYPE_NAME(system_type_id) AS type FROM sys.columns WHERE object_id=OBJECT_ID('kept')",
    )
    expect(recordset).toEqual([{ type: 'int' }])
    for (const name of ['max', 'sum', 'count'])
      await expect(pool.query(`SELECT ${name}(x) FROM (VALUES(1,NULL)) v(i,x) GROUP BY i`)).rejects.toMatchObject({
        number: 8117,
        message: `Operand data type NULL is invalid for ${name} operator.`,
      })
  })

  test('1000 rows in an INSERT, 2100 parameters in a request', async () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => `(${i})`).join()
    await pool.query(`INSERT t(a) VALUES ${rows(1000)}`)
    await expect(pool.query(`INSERT t(a) VALUES ${rows(1001)}`)).rejects.toMatchObject({ number: 10738, class: 15 })
    await pool.query(`INSERT t(a) SELECT a FROM (VALUES ${rows(1001)}) v(a)`)
    const request = (count: number) => {
      const made = pool.request()
      for (let i = 0; i < count; i++) made.input(`p${i}`, i)
      return made.query('SELECT @p0 + @p1 AS n')
    }
    await expect(request(2098)).resolves.toMatchObject({ recordset: [{ n: 1 }] })
    await expect(request(2099)).rejects.toMatchObject({ number: 8003 })
    await expect(pool.query('SELECT 1 AS n')).resolves.toMatchObject({ recordset: [{ n: 1 }] })
  })

  test('a rowversion column takes DEFAULT and nothing else', async () => {
    await pool.query('CREATE TABLE r(a int, v rowversion)')
    await pool.query('INSERT r VALUES(1,DEFAULT); INSERT r(a,v) VALUES(2,DEFAULT),(3,DEFAULT); INSERT r(a) SELECT 4')
    await pool.query('MERGE r USING (VALUES(5)) s(x) ON a=x WHEN NOT MATCHED THEN INSERT VALUES(x,DEFAULT);')
    await expect(pool.query('INSERT r VALUES(6)')).rejects.toMatchObject({ number: 213 })
    for (const statement of [
      'INSERT r(a,v) VALUES(7,0x1)',
      'INSERT r SELECT 7,NULL',
      'MERGE r USING (VALUES(7)) s(x) ON a=x WHEN NOT MATCHED THEN INSERT(a,v) VALUES(x,0x1);',
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({ number: 273 })
    const { recordset } = await pool.query('SELECT COUNT(*) AS n, COUNT(DISTINCT v) AS versions FROM r')
    expect(recordset).toEqual([{ n: 5, versions: 5 }])
  })

  test('USE that a client sends with parameters holds as in a batch, in dynamic SQL it does not', async () => {
    await pool.request().input('x', 1).query('USE msdb; SELECT @x AS x')
    await pool.query("EXEC('USE model')")
    const { recordset } = await pool.query("EXEC sp_executesql N'USE model'; SELECT DB_NAME() AS name")
    expect(recordset).toEqual([{ name: 'msdb' }])
    await pool.query('USE master')
  })
})
