import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
let pool: sql.ConnectionPool
beforeAll(async () => {
  server = await startTestServer()
  pool = await server.connect()
  await pool.batch(
    "CREATE TABLE goods(id int PRIMARY KEY, name varchar(5), price decimal(9,2) DEFAULT 7, made date CHECK (made > '20000101'))",
  )
  await pool.batch('CREATE TABLE numbered(id int IDENTITY, v nvarchar(20))')
  mkdirSync(join(server.folder, 'backup', 'in'), { recursive: true })
})
afterAll(() => server[Symbol.asyncDispose]())

const put = (name: string, text: string | Buffer): void =>
  writeFileSync(join(server.folder, 'backup', 'in', name), text)
const rows = async (text: string): Promise<unknown[]> => [...((await pool.batch(text)).recordset ?? [])]
const all = () =>
  rows('SELECT id, name, price, CONVERT(char(10), made, 120) AS made FROM goods ORDER BY id; TRUNCATE TABLE goods')

describe('BULK INSERT', () => {
  test('reads fields and rows as its terminators say, from FIRSTROW to LASTROW', async () => {
    put('a.txt', 'id;name|1;a;1.5;2024-01-02|2;;;|3;c;3;2024-01-04|4;d;4;2024-01-05|')
    const done = await pool.batch(
      "BULK INSERT dbo.goods FROM 'in\\a.txt' WITH (FIELDTERMINATOR = ';', ROWTERMINATOR = '|', FIRSTROW = 2, LASTROW = 4, TABLOCK)",
    )
    expect(done.rowsAffected).toEqual([3])
    expect(await all()).toEqual([
      { id: 1, name: 'a', price: 1.5, made: '2024-01-02' },
      { id: 2, name: null, price: 7, made: null },
      { id: 3, name: 'c', price: 3, made: '2024-01-04' },
    ])
  })

  test('takes tabs and lines without options, and NULLs with KEEPNULLS', async () => {
    put('b.txt', '1\ta\t\t2024-01-02\r\n2\tb\t2\t\r\n')
    await pool.batch("BULK INSERT goods FROM 'in/b.txt' WITH (KEEPNULLS)")
    expect(await all()).toEqual([
      { id: 1, name: 'a', price: null, made: '2024-01-02' },
      { id: 2, name: 'b', price: 2, made: null },
    ])
  })

  test('reads CSV with quotes, UTF-8 and UTF-16', async () => {
    put('c.csv', 'id,v\r\n1,"a, ""b""\r\nc"\r\n2,grün\r\n')
    await pool.batch("BULK INSERT numbered FROM 'in\\c.csv' WITH (FORMAT = 'CSV', FIRSTROW = 2, CODEPAGE = '65001')")
    put('d.txt', Buffer.from('9\tß\n', 'utf16le'))
    await pool.batch("BULK INSERT numbered FROM 'in\\d.txt' WITH (DATAFILETYPE = 'widechar', KEEPIDENTITY)")
    expect(await rows('SELECT id, v FROM numbered ORDER BY id')).toEqual([
      { id: 1, v: 'a, "b"\r\nc' },
      { id: 2, v: 'grün' },
      { id: 9, v: 'ß' },
    ])
  })

  test('tells of wrong rows and goes on, up to MAXERRORS', async () => {
    put('e.txt', '1\ta\t1\t\nx\tb\t1\t\n3\ttoolong\t1\t\n4\td\t99999999999\t\n5\te\t5\t\n')
    const error = await pool.batch("BULK INSERT goods FROM 'in\\e.txt'").then(
      () => undefined,
      (thrown: sql.RequestError & { precedingErrors: Error[] }) => thrown,
    )
    expect([...(error?.precedingErrors ?? []), error].map((each) => each?.message)).toEqual([
      'Bulk load data conversion error (type mismatch or invalid character for the specified codepage) for row 2, column 1 (id).',
      'Bulk load data conversion error (truncation) for row 3, column 2 (name).',
      'Bulk load data conversion error (overflow) for row 4, column 3 (price).',
    ])
    expect(await rows('SELECT id FROM goods ORDER BY id; TRUNCATE TABLE goods')).toEqual([{ id: 1 }, { id: 5 }])
    expect(await failure(rows("BULK INSERT goods FROM 'in\\e.txt' WITH (MAXERRORS = 1)"))).toMatchObject({
      number: 7330,
    })
    expect(await rows('SELECT id FROM goods')).toEqual([])
  })

  test('leaves constraints aside unless it is told to check them', async () => {
    put('f.txt', '1\ta\t1\t1999-01-01\n')
    expect(await failure(rows("BULK INSERT goods FROM 'in\\f.txt' WITH (CHECK_CONSTRAINTS)"))).toMatchObject({
      number: 547,
    })
    await pool.batch("BULK INSERT goods FROM 'in\\f.txt'")
    expect(await failure(rows("BULK INSERT goods FROM 'in\\f.txt'"))).toMatchObject({ number: 2627 })
    await pool.batch('TRUNCATE TABLE goods')
  })

  test('says what is wrong with a file', async () => {
    put('g.txt', '1\ta\n2\tb\n')
    expect(await failure(rows("BULK INSERT goods FROM 'in\\g.txt'"))).toMatchObject({ number: 7330 })
    expect(await failure(rows("BULK INSERT goods FROM 'in\\nothing.txt'"))).toMatchObject({
      number: 4860,
      text: 'Cannot bulk load. The file "in\\nothing.txt" does not exist or you don\'t have file access rights.',
    })
    expect(await failure(rows("BULK INSERT goods FROM 'C:\\x.txt'"))).toMatchObject({ number: 4861 })
    expect(await failure(rows("BULK INSERT goods FROM 'in\\..\\..\\x.txt'"))).toMatchObject({ number: 4861 })
    expect(await failure(rows("BULK INSERT nothing FROM 'in\\a.txt'"))).toMatchObject({ number: 208 })
  })

  test('needs ADMINISTER BULK OPERATIONS', async () => {
    await pool.batch(
      "CREATE LOGIN loader WITH PASSWORD = 'Pa55-of-ldr!'; CREATE USER loader; GRANT INSERT, ALTER ON goods TO loader",
    )
    const loader = await server.connect({ user: 'loader', password: 'Pa55-of-ldr!' })
    expect(await failure(loader.batch("BULK INSERT goods FROM 'in\\b.txt'"))).toMatchObject({ number: 4834 })
    await pool.batch('ALTER SERVER ROLE bulkadmin ADD MEMBER loader')
    await loader.batch("BULK INSERT goods FROM 'in\\b.txt'")
    await loader.close()
    expect(await rows('SELECT COUNT(*) AS n FROM goods')).toEqual([{ n: 2 }])
  })
})
