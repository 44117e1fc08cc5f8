import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { freetdsEnvironment, runClient } from './run-client.ts'

const noTsql = missing('tsql')
describe.skipIf(noTsql)(`API cursors through tsql${noTsql ?? ''}`, () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const kinds = { keyset: 1, dynamic: 2 }
  const first = (count: number): string => `EXEC sp_cursorfetch @h, 1, 0, ${count}`
  const next = (count: number): string => `EXEC sp_cursorfetch @h, 2, 0, ${count}`
  const prior = (count: number): string => `EXEC sp_cursorfetch @h, 4, 0, ${count}`
  const last = (count: number): string => `EXEC sp_cursorfetch @h, 8, 0, ${count}`
  const relative = (row: number, count: number): string => `EXEC sp_cursorfetch @h, 32, ${row}, ${count}`

  /** The rows of all the results of one cursor's life, over a table with the keys 2, 4, 6 and 8. */
  async function rowsOf(kind: number, query: string, statements: readonly string[]): Promise<string[]> {
    const batch = `SET NOCOUNT ON
CREATE TABLE #t(i int PRIMARY KEY, n int)
INSERT #t VALUES (2, 9), (4, 8), (6, 7), (8, 6)
DECLARE @h int, @s int = ${kind}, @c int = 4, @n int
EXEC sp_cursoropen @h OUTPUT, N'${query}', @s OUTPUT, @c OUTPUT, @n OUTPUT
SELECT 'granted', @s, @n
${statements.join('\n')}
`
    const output = await runClient('tsql', ['-S', 'sim', '-U', 'sa', '-P', saPassword, '-o', 'fhq'], {
      input: `${batch}go\nexit\n`,
      env: freetdsEnvironment(server, ['tds version = 7.4']),
    })
    return output.split('\n').filter((line) => /^(granted|[\d-]+|NULL|Msg.*)(\t|$)/.test(line))
  }

  test('a dynamic cursor sees rows that have come, and none that have gone', async () => {
    expect(
      await rowsOf(kinds.dynamic, 'SELECT i FROM #t ORDER BY i', [
        next(2),
        'INSERT #t VALUES (1, 0), (3, 0), (5, 0) DELETE #t WHERE i IN (2, 6)',
        next(2),
        prior(2),
        'DELETE #t WHERE i IN (3, 4)',
        next(1),
        last(1),
      ]),
    ).toEqual(['granted\t2\t-1', '2\t1', '4\t1', '5\t1', '8\t1', '3\t1', '4\t1', '5\t1', '8\t1'])
  })

  test('a fetch of no rows takes the cursor before the first, from where RELATIVE counts', async () => {
    expect(await rowsOf(kinds.dynamic, 'SELECT i FROM #t', [last(1), first(0), relative(3, 2)])).toEqual([
      'granted\t2\t-1',
      '8\t1',
      '6\t1',
      '8\t1',
    ])
  })

  test('rows that must be sorted make it a keyset, whose deleted rows are told as missing', async () => {
    expect(
      await rowsOf(kinds.dynamic, 'SELECT i FROM #t ORDER BY n', [
        'DELETE #t WHERE i = 8 INSERT #t VALUES (9, 0)',
        first(9),
      ]),
    ).toEqual(['granted\t1\t4', 'NULL\t2', '6\t1', '4\t1', '2\t1'])
  })

  test('rows of the fetch buffer keep their numbers when one of them is changed', async () => {
    expect(
      await rowsOf(kinds.keyset, 'SELECT i, n FROM #t ORDER BY i', [
        next(3),
        // 0x20 makes the row the current one within the buffer.
        "EXEC sp_cursor @h, 0x21, 2, '#t', @n = 50",
        "EXEC sp_cursor @h, 0x22, 3, '#t'",
        'SELECT i, n FROM #t ORDER BY i',
      ]),
    ).toEqual(['granted\t1\t4', '2\t9\t1', '4\t8\t1', '6\t7\t1', '2\t9', '4\t50', '8\t6'])
  })
})
