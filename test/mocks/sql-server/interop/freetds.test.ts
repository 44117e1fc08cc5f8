import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { freetdsEnvironment, runClient } from './run-client.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const access = ['-S', 'sim', '-U', 'sa', '-P', saPassword]

const noTsql = missing('tsql')
describe.skipIf(noTsql)(`tsql${noTsql ?? ''}`, () => {
  const rows = `SELECT CAST('ä' AS varchar(5)), N'ö€', CAST('m' AS varchar(max)), CAST(N'n' AS nvarchar(max)), CAST('<a/>' AS xml), CAST('t' AS text), CAST(1.50 AS decimal(9,2)), CAST(0x0102 AS varbinary(max)), CAST(9223372036854775807 AS bigint)
SELECT CAST('2020-01-02' AS date), CAST('10:11:12.1234567' AS time), CAST('2020-01-02 10:11:12.1234567' AS datetime2), CAST('2020-01-02 10:11:12.12 +01:00' AS datetimeoffset(2)), CAST(5 AS sql_variant)
RAISERROR('bad', 16, 5)
PRINT 'hello'
go
exit
`
  test.each(['7.0', '7.1', '7.2'])('TDS %s: types that are too new come as text', async (version) => {
    const env = freetdsEnvironment(server, [`tds version = ${version}`])
    const output = await runClient('tsql', access, { input: rows, env })
    expect(output).toContain('ä\tö€\tm\tn\t<a/>\tt\t1.50\t0102\t9223372036854775807')
    expect(output).toContain(
      '2020-01-02\t10:11:12.1234567\t2020-01-02 10:11:12.1234567\t2020-01-02 10:11:12.12 +01:00\t5',
    )
    expect(output).toContain('Msg 50000 (severity 16, state 5) from SQL1 Line 3:\n\t"bad"')
    expect(output).toContain('hello')
  })
  test.each([
    ['off', 'none'],
    ['request', 'login'],
    ['require', 'all'],
  ])('encryption = %s', async (mode, tls) => {
    const env = freetdsEnvironment(server, ['tds version = 7.4', `encryption = ${mode}`])
    const before = server.journal.length
    expect(await runClient('tsql', access, { input: 'SELECT 40 + 2\ngo\nexit\n', env })).toContain('42')
    expect(server.journal.slice(before)).toContainEqual(expect.objectContaining({ type: 'login', tls }))
  })
})

const noBsqldb = missing('bsqldb', 'fisql')
describe.skipIf(noBsqldb)(`db-lib programs${noBsqldb ?? ''}`, () => {
  const script =
    'SELECT 1 AS a, "x" AS b, CAST(NULL AS int) + 1 AS c\ngo\nSELECT 1 / 0 AS d\ngo\nSELECT * FROM nope\ngo\n'
  test('bsqldb: double quotes are texts, a division by zero is NULL with a warning', async () => {
    const file = join(server.folder, 'in.sql')
    writeFileSync(file, script)
    const env = freetdsEnvironment(server, ['tds version = 7.4'])
    const output = await runClient('bsqldb', [...access, '-i', file], { env })
    expect(output).toMatch(/1\s+x\s+NULL/)
    expect(output).toContain('Division by zero occurred.')
    expect(output).toContain("Msg 208, Level 16, State 1\nServer 'SQL1', Line 1\n\tInvalid object name 'nope'.")
  })
  test('fisql', async () => {
    const env = freetdsEnvironment(server, ['tds version = 7.1'])
    const output = await runClient('fisql', access, { input: script, env })
    expect(output).toContain("Changed database context to 'master'.")
    expect(output).toMatch(/1\s+x\s+NULL/)
    expect(output).toContain("Invalid object name 'nope'.")
  })
})

const noIsql = missing('isql')
describe.skipIf(noIsql)(`isql over tdsodbc${noIsql ?? ''}`, () => {
  test.each(['7.1', '7.2', '7.3', '7.4'])('TDS %s: rows, errors with their SQLSTATE', async (version) => {
    const driver = `DRIVER=FreeTDS;SERVER=127.0.0.1;PORT=${server.port};UID=sa;PWD=${saPassword};TDS_Version=${version}`
    const output = await runClient('isql', ['-k', '-v', '-b', driver], {
      input: "SELECT 1 AS a, CAST('2026-11-22T13:45:00.127' AS datetime) AS c\nSELECT * FROM nope\n",
    })
    expect(output).toContain('2026-11-22 13:45:00.127')
    expect(output).toContain("[S0002][FreeTDS][SQL Server]Invalid object name 'nope'.")
  })
})
