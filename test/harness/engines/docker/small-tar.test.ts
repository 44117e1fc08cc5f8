import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { smallTar } from '../../../../harness/engines/docker/images/small-tar.ts'
import { has } from '../../../support/programs.ts'

test.skipIf(!has('tar'))('tar reads what is written for the user of an image', () => {
  const input = smallTar(
    [
      { path: 'mssql.conf', content: '[network]\n' },
      { path: 'tls/server.key', content: 'k'.repeat(512) },
    ],
    { uid: 10_001, gid: 0 },
  )
  const listed = execFileSync('tar', ['-tvf', '-', '--numeric-owner'], { input, encoding: 'utf8' })
  const rows = listed
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
  expect(rows.map(([mode, owner, size, , , name]) => [mode, owner, size, name])).toEqual([
    ['drwx------', '10001/0', '0', 'tls/'],
    ['-rw-------', '10001/0', '10', 'mssql.conf'],
    ['-rw-------', '10001/0', '512', 'tls/server.key'],
  ])
  const content = execFileSync('tar', ['-xOf', '-', 'tls/server.key'], { input, encoding: 'utf8' })
  expect(content).toBe('k'.repeat(512))
})
