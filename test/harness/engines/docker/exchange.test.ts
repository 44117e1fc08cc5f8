import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openExchange } from '../../../../harness/engines/docker/inside/exchange.ts'

/** Two hosts at one folder. */
function exchanges() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-exchange-'))
  return { one: openExchange(folder.path), other: openExchange(folder.path), [Symbol.dispose]: () => folder.remove() }
}

const { signal } = new AbortController()

test('a certificate that one host exports is there for the other', () => {
  using hosts = exchanges()
  expect(hosts.other.certificates.get('app1', 'PSR8Server')).toBeUndefined()
  hosts.one.certificates.put('app1', 'PSR8Server', 'first')
  hosts.one.certificates.put('app1', 'PSR8Server', 'second')
  expect(hosts.other.certificates.get('app1', 'PSR8Server')).toBe('second')
})

test('a name is no path', () => {
  using hosts = exchanges()
  hosts.one.certificates.put('app1', '../../outside', 'inside')
  expect(hosts.other.certificates.get('app1', '../../outside')).toBe('inside')
  expect(hosts.other.certificates.get('..', 'outside')).toBeUndefined()
})

test('a component is waited for that stands later, and one that stands already', async () => {
  using hosts = exchanges()
  const waiting = hosts.other.stands('sql1/sql-server', signal)
  hosts.one.show('dns1/dns-server')
  hosts.one.show('sql1/sql-server')
  await waiting
  await hosts.other.stands('dns1/dns-server', signal)
})

test('one that has gone does not stand, and whoever waits can be told to end', async () => {
  using hosts = exchanges()
  hosts.one.show('sql1/sql-server')
  hosts.one.hide('sql1/sql-server')
  const ending = new AbortController()
  const waiting = hosts.other.stands('sql1/sql-server', ending.signal)
  ending.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})
