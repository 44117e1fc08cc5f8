import { expect, test } from 'vitest'
import { type Difference, expectSame } from './differences.ts'
import type { Report } from './reports.ts'

const refused: Report = { ok: false, ended: 'peer', client: 'net', code: 'ECONNREFUSED', text: 'connect' }
const silent: Report = { ok: false, ended: 'client-timer', client: 'net', code: 'ETIMEDOUT', text: 'connect' }
const row: Difference = { fault: 'drop', client: 'net', why: 'told here' }

test('what differs is red, unless a row says why', () => {
  expect(() => expectSame('drop', { net: silent }, { net: refused })).toThrow()
  expect(() => expectSame('drop', { net: silent }, { net: refused }, [row])).not.toThrow()
  // A row is for its own fault and its own client.
  expect(() => expectSame('stall', { net: silent }, { net: refused }, [row])).toThrow()
  expect(() => expectSame('drop', { net: silent, tls: silent }, { net: refused, tls: refused }, [row])).toThrow()
})

test('a row that is not needed any more is red', () => {
  expect(() => expectSame('drop', { net: refused }, { net: refused }, [row])).toThrow(/take this row out: told here/)
})
