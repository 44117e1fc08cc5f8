import { afterAll, beforeAll, expect, test } from 'vitest'
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
test.skipIf(noTsql)(`tsql: a function, a trigger with its error, a cursor${noTsql ?? ''}`, async () => {
  const input = `CREATE TABLE goods(id int, price int)
go
CREATE FUNCTION dbo.twice(@n int) RETURNS int AS BEGIN RETURN @n * 2 END
go
CREATE TRIGGER dear ON goods AFTER INSERT AS
IF EXISTS (SELECT * FROM inserted WHERE price > 10)
  ROLLBACK
go
INSERT goods VALUES (1, dbo.twice(4))
INSERT goods VALUES (2, dbo.twice(40))
go
DECLARE c CURSOR FOR SELECT price FROM goods
OPEN c
FETCH NEXT FROM c
DEALLOCATE c
SELECT COUNT(*) + 1000 FROM goods
go
exit
`
  const env = freetdsEnvironment(server, ['tds version = 7.4'])
  const output = await runClient('tsql', access, { input, env })
  expect(output).toContain('Msg 3609 (severity 16, state 1) from SQL1 Line 2:')
  expect(output).toMatch(/^8$/m)
  expect(output).toMatch(/^1001$/m)
})
