import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keylogWriter } from '../../../harness/engines/embedded/keylog.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'keylog-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test.skipIf(process.platform === 'win32')('TLS keys are for their owner alone, also in a file that was there', () => {
  const path = folder()
  const [fresh, old] = [join(path, 'fresh.txt'), join(path, 'old.txt')]
  writeFileSync(old, 'CLIENT_RANDOM before\n', { mode: 0o644 })
  for (const file of [fresh, old]) {
    keylogWriter(file)?.(Buffer.from('CLIENT_RANDOM now\n'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
  expect(readFileSync(old, 'utf8')).toBe('CLIENT_RANDOM before\nCLIENT_RANDOM now\n')
})

test('a file that cannot be written is one clear error at the start, not a crash at the first handshake', () => {
  expect(() => keylogWriter(join(folder(), 'none', 'keys.txt'))).toThrow(/cannot write TLS keys to .*ENOENT/)
})
