import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startSidePlayers } from '../../../harness/cli/side-players.ts'
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
      await using sides = startSidePlayers(1, { source: SOURCE, options: {} }, (reason) => void failures.push(reason))
      for (const key of lent) sides.lend(key)
      await sides.players[0]
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
