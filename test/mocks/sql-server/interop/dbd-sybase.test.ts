import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saPassword, startTestServer, type TestServer } from '../running-server.ts'
import { freetdsEnvironment, here, runClient } from './run-client.ts'

const there = spawnSync('perl', ['-MDBD::Sybase', '-e', '1']).status === 0
const absent = there ? '' : ' (skipped: DBD::Sybase not installed)'

describe.skipIf(!there)(`DBD::Sybase${absent}`, () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each(['7.1', '7.4'])('TDS %s: types, placeholders, transactions and errors', async (version) => {
    // The client takes memory for as much as a text column says that it can hold: TEXTSIZE tells it less.
    const env = freetdsEnvironment(server, [`tds version = ${version}`, 'text size = 64512'])
    expect(await runClient('perl', [here('dbd_sybase_check.pl'), 'sim', 'sa', saPassword], { env })).toBe(
      [
        'numbers: 1,255,-5,9223372036854775807,0.1,-12.345,1.5000',
        'texts: a  ,x,o,t,NULL',
        'placeholders: 42,x',
        'insert: 1',
        'rows: 1,a',
        'deleted: 1',
        'after: 1',
        "no table: error 208 Server message number=208 severity=16 state=1 line=1 server=SQL1 text=Invalid object name 'nope'. ",
        'more: 1; 2',
        '',
      ].join('\n'),
    )
  })
})
