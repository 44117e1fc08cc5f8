import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { here, runClient } from './run-client.ts'

const jar = '/usr/share/java/jtds.jar'
const absent = missing('java') ?? (existsSync(jar) ? undefined : ` (skipped: ${jar} not installed)`)

describe.skipIf(absent)(`jTDS${absent ?? ''}`, () => {
  let server: TestServer
  let plain: Promise<string>
  beforeAll(async () => {
    server = await startTestServer()
    plain = check(';ssl=off')
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const check = (options: string): Promise<string> =>
    runClient('java', [
      '-Dfile.encoding=UTF-8', // of the program's text and of what it prints, whatever the locale
      '-cp',
      jar,
      here('JtdsCheck.java'),
      `jdbc:jtds:sqlserver://127.0.0.1:${server.port}/master${options}`,
      'sa',
      saPassword,
    ])

  test('types, prepared statements, cursors, transactions, calls, errors and cancelling', {
    timeout: 60_000,
  }, async () => {
    expect(await plain).toMatchInlineSnapshot(`
      "server: Microsoft SQL Server 16.00.4165
      numbers: bit true | tinyint 255 | smallint -5 | int 2147483647 | bigint 9223372036854775807 | real 1.5 | float 0.1 | decimal -12.345 | money 922337203685477.5807 | smallmoney 1.5000
      texts: char a   | varchar ä | nvarchar ö | nchar x  | text m | ntext € | text t | ntext n | ntext <a/>
      binaries: binary [1, 2, 0] | varbinary [1] | image [2] | image [3] | uniqueidentifier 0E984725-C51C-4BF4-9960-E1C80E27ABA0
      times: datetime 2026-11-22 13:45:00.127 | smalldatetime 2026-11-22 13:45:00.0 | nvarchar 2026-11-22 | nvarchar 13:45:00.1234567 | nvarchar 2026-11-22 13:45:00.1234567 | nvarchar 2026-11-22 13:45:00.1234567 +02:00
      variants: sql_variant 5 | sql_variant x | sql_variant 1.25 | sql_variant 2026-11-22 13:45:00.0 | sql_variant ä | sql_variant true | sql_variant 7 | sql_variant 2.5000
      generated key: 1
      batch: [1, 1, 1, 1]
      prepared: int identity 1 | nvarchar äöü€ | decimal 1.25; int identity 4 | nvarchar n4 | decimal 6.00; 
      scrollable: 5 n5, 1, n3, n2, 1falsetrue
      updatable: äöü€ changed n4 n5 inserted 
      procedure behind a cursor: 6
      cursor with parameters: 3 inserted
      no key, no change: 1004 1007 ResultSet type/concurrency downgraded: 1004/1007
      transaction: 0 then 5
      call: 42 7 out 42
      warning: 0 hello, 50000 careful
      no table: SQLException 208 S0002 Invalid object name 'nope'.
      duplicate: SQLException 2627 23000 Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.#t'. The duplicate key value is (1).
      custom: SQLException 50000 S1000 bad 12
      cancel: ended
      time-out: ended
      after: 1
      parameters: bigint 9007199254740993 | float 0.1 | decimal 123.456 | varbinary [1, 2, -56] | datetime 2026-11-22 13:45:00.123 | bit true | nvarchar null
      long text: bigint 20000 | bigint 30000
      parameter types: id int identity, name nvarchar 20
      a null of no type: none
      current of: 1 a here c
      names for types: 1.50
      "
    `)
  })

  test.each([';ssl=request', ';ssl=require;prepareSQL=2', ';TDS=7.0'])(
    'the same with %s',
    { timeout: 60_000 },
    async (options) => {
      const lines = (text: string): string[] =>
        text.split('\n').filter((line) => /^(texts|batch|scroll|updat|trans|call|no table|custom|time-out)/.test(line))
      expect(lines(await check(options))).toEqual(lines(await plain))
    },
  )
})
