import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { here, runClient } from './run-client.ts'

const python = '/usr/bin/python3'
const there = spawnSync(python, ['-c', 'import pymssql']).status === 0
const absent = there ? undefined : ' (skipped: pymssql not installed)'

describe.skipIf(!there)(`pymssql${absent ?? ''}`, () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const check = (version: string): Promise<string> =>
    runClient(python, [here('pymssql_check.py'), '127.0.0.1', String(server.port), 'sa', saPassword, version])

  test('types, parameters, transactions, calls and errors', async () => {
    expect(await check('7.3')).toMatchInlineSnapshot(`
      "numbers: (True, 255, -5, 2147483647, 9223372036854775807, 1.5, 0.1, Decimal('-12.345'), Decimal('922337203685477.5807'))
      texts: ('a  ', 'ä', 'ö€', 'm', 't', 'n', '<a/>')
      binaries: (b'\\x01\\x02\\x00', b'\\x01', b'\\x02', b'\\x03', UUID('0e984725-c51c-4bf4-9960-e1c80e27aba0'))
      times: (datetime.datetime(2026, 11, 22, 13, 45, 0, 127000), datetime.datetime(2026, 11, 22, 13, 45), datetime.date(2026, 11, 22), datetime.time(13, 45, 0, 123000), datetime.datetime(2026, 11, 22, 13, 45, 0, 123000))
      nulls: (None, None, None)
      parameters: (5, "it's ä", Decimal('1.25'), '2026-11-22 13:45:00.000')
      rows: ([(1, 'äöü'), (2, 'b'), (3, '€')], 3)
      deleted: 3
      rolled back: (3,)
      no table: ProgrammingError 208 Invalid object name 'nope'.
      duplicate: IntegrityError 2627 Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.#t'. The duplicate key value is (1).
      custom: OperationalError 50000 bad
      call: (42, 'out 42')
      first: [(1,)]
      more: (1, [(2,)])
      procedure: 7 out 42
      rpc: [42]
      error: 208 16 1 2 b''
      "
    `)
  })

  test.each(['7.0', '7.1'])('TDS %s has the newer types as text', async (version) => {
    const output = await check(version)
    expect(output).toContain(
      "times: (datetime.datetime(2026, 11, 22, 13, 45, 0, 127000), datetime.datetime(2026, 11, 22, 13, 45), '2026-11-22', '13:45:00.1234567', '2026-11-22 13:45:00.1234567')",
    )
    expect(output).toContain("texts: ('a  ', 'ä', 'ö€', 'm', 't', 'n', '<a/>')")
    expect(output).toContain('error: 208 16 1 2')
  })
})
