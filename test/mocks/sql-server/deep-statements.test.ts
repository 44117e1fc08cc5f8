import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const depth = 20_000
const wrapped = (text: string): string => `${'('.repeat(depth)}${text}${')'.repeat(depth)}`
/** Nested too deeply, out of stack, one name twice, more than SQLite takes. */
const refusals = [191, 8631, 1013, 50900]
const chain = (link: string, joint: string): string => Array.from({ length: depth }, () => link).join(joint)

test.each([
  ['parentheses', `SELECT ${wrapped('1')}`],
  ['derived tables', `SELECT * FROM ${wrapped('SELECT 1')} t`],
  ['IF', `${'IF 1 = 1 '.repeat(depth)} SELECT 1`],
  ['BEGIN', `${'BEGIN '.repeat(depth)} SELECT 1 ${'END '.repeat(depth)}`],
  ['NOT', `SELECT 1 WHERE ${'NOT '.repeat(depth)} 1 = 1`],
  ['CASE', `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(depth)} 1 ${'END '.repeat(depth)}`],
  ['sums', `SELECT ${chain('1', '+')}`],
  ['conditions', `SELECT 1 WHERE ${chain('1 = 1', ' AND ')}`],
  ['unions', chain('SELECT 1', ' UNION ALL ')],
  ['joins', `SELECT 1 FROM ${chain('sys.objects', ' CROSS JOIN ')}`],
])('%s nested without end are refused, and the session goes on', async (_, statement) => {
  const pool = await server.connect()
  await pool.batch('CREATE TABLE #alive (id int)')
  const { number } = await failure(pool.query(statement))
  expect(number).toSatisfy((told: number) => refusals.includes(told))
  expect((await pool.query('SELECT COUNT(*) AS rows FROM #alive')).recordset).toEqual([{ rows: 0 }])
  expect(server.journal.filter(({ type }) => type === 'internal-error')).toEqual([])
})
