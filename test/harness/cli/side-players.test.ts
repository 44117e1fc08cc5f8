import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { sidePlayers } from '../../../harness/cli/side-players.ts'
import { openKeyPool } from '../../../harness/pki/index.ts'

// Its server and its agent take three RSA keys at their start.
const SOURCE = 'identity-manager'
const KEYS = 3

const newRsaKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

test('a landscape beside the first uses the keys that the first one has lent it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landscape-sides-'))
  vi.stubEnv('LANDSCAPE_STATE', folder)
  try {
    await using pool = openKeyPool({ folder: join(folder, 'keys') })
    await pool.topUp(KEYS)
    const left = async (lent: readonly string[]) => {
      const failures: string[] = []
      await using sides = sidePlayers(1)
      for (const key of lent) sides.lend(key)
      await Promise.all(sides.start(1, { source: SOURCE, options: {} }, (reason) => void failures.push(reason)))
      expect(failures).toEqual([])
      return (await readdir(join(folder, 'keys'))).length
    }
    expect(await left(Array.from({ length: KEYS }, newRsaKey))).toBe(KEYS)
    expect(await left([])).toBe(0)
  } finally {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  }
})

test('processes that turn out to be too many end, and more begin where there are too few', async () => {
  const failures: string[] = []
  const start = { source: join(import.meta.dirname, 'no-such.yaml'), options: {} }
  await using three = sidePlayers(3)
  expect(await Promise.all(three.start(1, start, (reason) => void failures.push(reason)))).toEqual([undefined])
  await using none = sidePlayers(0)
  expect(await Promise.all(none.start(2, start, (reason) => void failures.push(reason)))).toEqual([
    undefined,
    undefined,
  ])
  for (const reason of failures) expect(reason).toContain('no-such.yaml')
  expect(failures).toHaveLength(3)
})

test('a landscape that is not needed any more has not failed: not started yet, or half way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landscape-sides-'))
  vi.stubEnv('LANDSCAPE_STATE', folder)
  try {
    await using pool = openKeyPool({ folder: join(folder, 'keys') })
    await pool.topUp(KEYS)
    const keys = async () => (await readdir(join(folder, 'keys'))).length
    for (const reached of [
      async () => {},
      () => vi.waitUntil(async () => (await keys()) < KEYS, { timeout: 30_000 }),
    ]) {
      const failures: string[] = []
      await using sides = sidePlayers(1)
      const [started] = sides.start(1, { source: SOURCE, options: {} }, (reason) => void failures.push(reason))
      await reached()
      sides.end()
      expect(await started).toBeUndefined()
      expect(failures).toEqual([])
    }
  } finally {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  }
})
