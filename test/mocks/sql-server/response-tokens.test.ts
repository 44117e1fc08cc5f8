import type * as Tedious from 'tedious'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './running-server.ts'
import { connectTedious, type TediousClient, tedious } from './tedious-client.ts'

let server: TestServer
let client: TediousClient
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  client = await connectTedious(server)
  return () => client[Symbol.asyncDispose]()
})
afterAll(() => server[Symbol.asyncDispose]())

type How = 'execSql' | 'execSqlBatch' | 'callProcedure'

/** What a client sees of a response, token by token. */
const seen = (
  sql: string,
  how: How = 'execSqlBatch',
  prepare: (request: Tedious.Request) => void = () => undefined,
): Promise<string[]> =>
  new Promise((resolve) => {
    const { connection } = client
    const tokens: string[] = []
    const onError = ({ number }: { number: number }) => tokens.push(`error ${number}`)
    const onInfo = ({ number }: { number: number }) => tokens.push(`info ${number}`)
    connection.on('errorMessage', onError).on('infoMessage', onInfo)
    const request = new tedious.Request(sql, () => {
      connection.off('errorMessage', onError).off('infoMessage', onInfo)
      resolve(tokens)
    })
    prepare(request)
    request.on('columnMetadata', (columns) =>
      tokens.push(
        `columns ${Object.values(columns)
          .map(({ colName }) => colName)
          .join(',')}`,
      ),
    )
    request.on('row', (columns: { value: unknown }[]) =>
      tokens.push(`row ${columns.map(({ value }) => value).join(',')}`),
    )
    request.on('order', (columns: number[]) => tokens.push(`order ${columns.join(',')}`))
    request.on('returnValue', (name: string) => tokens.push(`value ${name}`))
    request.on('done', (count) => tokens.push(`done ${count ?? '-'}`))
    request.on('doneInProc', (count) => tokens.push(`doneInProc ${count ?? '-'}`))
    request.on('doneProc', (_count: number | undefined, _more: boolean, status: unknown) =>
      tokens.push(`doneProc ${String(status ?? '-')}`),
    )
    connection[how](request)
  })

test('a query that fails has told its columns already, and only a change is terminated', async () => {
  expect(await seen('SELECT 1/0 AS a; SELECT 2 AS b')).toEqual([
    'columns a',
    'error 8134',
    'done -',
    'columns b',
    'row 2',
    'done 1',
  ])
  expect(await seen('SELECT 10/(2-n) AS x FROM (VALUES (1),(2)) v(n) ORDER BY x')).toEqual([
    'columns x',
    'order 1',
    'error 8134',
    'done -',
  ])
  expect(await seen('CREATE TABLE #n(a int); INSERT #n SELECT 1/0; SELECT 1/0 AS a INTO #m')).toEqual([
    'done -',
    'error 8134',
    'info 3621',
    'done -',
    'error 8134',
    'info 3621',
    'done -',
  ])
  expect(await seen('SELECT 1/0 AS a FOR JSON PATH')).toEqual([
    'columns JSON_F52E2B61-18A1-11d1-B105-00805F49916B',
    'error 8134',
    'done -',
  ])
})

test('assignments count one row, NOCOUNT silences them and all within a procedure that gives no rows', async () => {
  const statements =
    'DECLARE @a int = 1, @b int; SET @b = 2; SELECT @a = 3; CREATE TABLE #q(a int); INSERT #q VALUES (1)'
  expect(await seen(statements, 'execSql')).toEqual([
    ...Array.from({ length: 3 }, () => 'doneInProc 1'),
    'doneInProc -',
    'doneInProc 1',
    'doneProc 0',
  ])
  expect(await seen(`SET NOCOUNT ON; ${statements}; SELECT 1 AS a`, 'execSql')).toEqual([
    'columns a',
    'row 1',
    'doneInProc -',
    'doneProc 0',
  ])
  expect(await seen('SELECT @@ROWCOUNT AS n', 'execSql')).toEqual(['columns n', 'row 1', 'doneInProc 1', 'doneProc 0'])
})

test('what SET changes in dynamic SQL, a procedure or a trigger ends with it', async () => {
  const options = 'SELECT @@OPTIONS & 16896 AS o, @@LOCK_TIMEOUT AS l, @@DATEFIRST AS d'
  const before = (await seen(options))[1]
  const change = 'SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT 5; SET DATEFIRST 3; SET LANGUAGE Deutsch'
  expect(await seen(`${change}; ${options}`, 'execSql')).toContain('row 16896,5,1')
  expect((await seen(options))[1]).toBe(before)
  await seen(`CREATE PROC #s AS ${change}`)
  await seen('EXEC #s')
  expect((await seen(options))[1]).toBe(before)
  await seen('CREATE TABLE with_trigger(id int IDENTITY)')
  await seen(`CREATE TRIGGER sets ON with_trigger AFTER INSERT AS ${change}`)
  await seen('INSERT with_trigger DEFAULT VALUES')
  expect((await seen(options))[1]).toBe(before)
  await seen('SET IDENTITY_INSERT with_trigger ON', 'execSql')
  expect(await seen('INSERT with_trigger(id) VALUES (9)')).toContain('error 544')
  await seen('DROP TABLE with_trigger')
})

test.each([
  [{ datefirst: 3 }, '@@DATEFIRST', 3],
  [{ dateFormat: 'dmy' }, "MONTH(CAST('3/4/2026' AS datetime))", 4],
  [{ textsize: -1 }, '@@TEXTSIZE', -1],
  [{ textsize: -1, tdsVersion: '7_2' }, '@@TEXTSIZE', 2_147_483_647],
  [{ textsize: 0 }, '@@TEXTSIZE', 4096],
  [{ language: 'Deutsch' }, '@@LANGUAGE', 'Deutsch'],
])('a connection with %j has %s of %s', async (options, expression, value) => {
  await using other = await connectTedious(server, options)
  expect(await other.rows(`SELECT ${expression}`)).toEqual([[value]])
})

test('a reset ends the transaction for the client too', async () => {
  const { connection } = client
  await new Promise<void>((resolve, reject) =>
    connection.beginTransaction((error) => (error ? reject(error) : resolve())),
  )
  expect(await seen('SELECT @@TRANCOUNT AS n')).toContain('row 1')
  await new Promise<void>((resolve, reject) => connection.reset((error) => (error ? reject(error) : resolve())))
  expect(connection).toHaveProperty('inTransaction', false)
  expect(await seen('SELECT @@TRANCOUNT AS n')).toContain('row 0')
})

test('large output values come last', async () => {
  const values = await seen("SELECT @first = 0x01, @second = 2, @third = N'x'", 'execSql', (request) => {
    request.addOutputParameter('first', tedious.TYPES.VarBinary, undefined, { length: Number.POSITIVE_INFINITY })
    request.addOutputParameter('second', tedious.TYPES.Int)
    request.addOutputParameter('third', tedious.TYPES.NVarChar, undefined, { length: 10 })
  })
  expect(values.filter((token) => token.startsWith('value'))).toEqual(['value second', 'value third', 'value first'])
})

test('a constraint that cannot be made is told twice; CATCH learns the last', async () => {
  const twice = ['error 1911', 'error 1750']
  expect(await seen('CREATE TYPE t AS TABLE(id int, PRIMARY KEY(code))')).toEqual([...twice, 'done -'])
  expect(await seen('CREATE TABLE #k(id int, UNIQUE(code))')).toEqual([...twice, 'done -'])
  expect(await seen('CREATE TABLE #k(id int); INSERT #k VALUES (1), (1); ALTER TABLE #k ADD UNIQUE(id)')).toEqual([
    'done -',
    'done 2',
    'error 1505',
    'error 1750',
    'info 3621',
    'done -',
  ])
  expect(
    await seen(
      'BEGIN TRY CREATE TABLE #l(id int, UNIQUE(code)) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n END CATCH',
    ),
  ).toEqual(['columns n', 'row 1750', 'done 1'])
})

test('sp_executesql returns @@ERROR', async () => {
  expect(await seen('SELECT 1 AS a; SELECT 1/0 AS b', 'execSql')).toContain('doneProc 8134')
  expect(await seen("DECLARE @r int; EXEC @r = sp_executesql N'SELECT 1/0 AS b'; SELECT @r AS r")).toContain('row 8134')
})

test('EXEC of a text ends as a procedure does, and a batch that breaks off in one still ends', async () => {
  expect(await seen("EXEC('SELECT 1 AS a')")).toEqual(['columns a', 'row 1', 'doneInProc 1', 'doneProc -'])
  expect(await seen("EXEC('SELECT CAST(''x'' AS int) AS a'); SELECT 2 AS b")).toEqual([
    'columns a',
    'error 245',
    'doneInProc -',
    'done -',
  ])
})

test('sp_help of a type, without counts', async () => {
  const tokens = await seen('EXEC sp_help int', 'execSql')
  expect(tokens[1]).toBe('row int,int,4,10,0,yes,none,none,')
  expect(tokens.slice(2)).toEqual(['doneInProc -', 'doneProc 0'])
})

test('a table has 1024 columns at most', async () => {
  const columns = (count: number) => Array.from({ length: count }, (_, i) => `c${i} int`).join(',')
  expect(await seen(`CREATE TABLE #wide(${columns(1024)})`)).toEqual(['done -'])
  expect(await seen(`CREATE TABLE #wider(${columns(1025)})`)).toEqual(['error 1702', 'done -'])
})

test('an error of class 20 ends the connection behind its answer, also within TRY; WITH LOG is in the ERRORLOG', async () => {
  // It ends by itself.
  const other = await connectTedious(server)
  const told: { number: number; class: number; lineNumber: number }[] = []
  other.connection.on('errorMessage', (error) => told.push(error)).on('error', () => undefined)
  const closed = new Promise<void>((resolve) => other.connection.on('end', () => resolve()))
  const text = "BEGIN TRY RAISERROR('the end %d', 20, 7, 4) WITH LOG END TRY BEGIN CATCH SELECT 1 END CATCH SELECT 2"
  await other.rows(text).catch(() => undefined)
  await closed
  expect(told.map(({ number, class: severity, lineNumber }) => [number, severity, lineNumber])).toEqual([
    [2745, 16, 1],
    [50000, 20, 1],
    [596, 21, 0],
  ])
  const log = server.sqlServer.errorLog().join('\n')
  expect(log).toContain('Error: 50000, Severity: 20, State: 7.')
  expect(log).toContain('the end 4')
})

test('XACT_ABORT does not hear RAISERROR, but THROW', async () => {
  await using other = await connectTedious(server, { abortTransactionOnError: true })
  const rows = (text: string) => other.rows(text).catch(() => [])
  await rows("BEGIN TRAN; RAISERROR('a', 16, 1); RAISERROR(15600, -1, -1, 'p'); SELECT 1 AS a")
  expect(await rows('SELECT @@TRANCOUNT')).toEqual([[1]])
  await rows("BEGIN TRY RAISERROR('a', 16, 1) END TRY BEGIN CATCH END CATCH; SELECT XACT_STATE()")
  expect(await rows('SELECT XACT_STATE()')).toEqual([[1]])
  await rows("THROW 50000, 'b', 1")
  expect(await rows('SELECT @@TRANCOUNT')).toEqual([[0]])
})
