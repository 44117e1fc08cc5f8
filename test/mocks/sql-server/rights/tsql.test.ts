import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../../../support/programs.ts'
import { runClient } from '../interop/run-client.ts'
import { password, type SignedIn, startSignedIn } from './signed-in.ts'

const noTsql = missing('tsql')
describe.skipIf(noTsql)(`FreeTDS${noTsql ?? ''}`, () => {
  let at: SignedIn
  beforeAll(async () => {
    at = await startSignedIn()
    await at.prepare(
      `CREATE DATABASE app; CREATE LOGIN ann WITH PASSWORD = '${password}'; CREATE LOGIN late WITH PASSWORD = '${password}' MUST_CHANGE, CHECK_EXPIRATION = ON`,
      'USE app; CREATE USER ann FOR LOGIN ann; CREATE TABLE t(id int, secret int); GRANT SELECT ON t (id) TO ann',
    )
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const tsql = (user: string, database: string, text: string): Promise<string> =>
    runClient('tsql', ['-H', '127.0.0.1', '-p', `${at.server.port}`, '-U', user, '-P', password, '-D', database], {
      input: `${text}\ngo\nexit\n`,
    })

  test('a refused column, with class, state and line', async () => {
    const output = await tsql('ann', 'app', 'SELECT id FROM t\nSELECT secret FROM t')
    expect(output).toContain('Msg 230 (severity 14, state 1) from SQL1 Line 2:')
    expect(output).toContain("The SELECT permission was denied on the column 'secret' of the object 't'")
  })
  test('EXECUTE AS without the right', async () => {
    const output = await tsql('ann', 'app', "EXECUTE AS USER = 'dbo'")
    expect(output).toContain('Msg 15517 (severity 16, state 1) from SQL1 Line 1:')
  })
  test('a password that must be changed, a database that cannot be opened', async () => {
    expect(await tsql('late', 'master', 'SELECT 1')).toContain('Msg 18488 (severity 14, state 1) from SQL1')
    const closed = await tsql('ann', 'model', 'SELECT 1')
    expect(closed).toContain('Msg 4060 (severity 11, state 1) from SQL1')
    expect(closed).toContain('Msg 18456 (severity 14, state 1) from SQL1')
  })
})
