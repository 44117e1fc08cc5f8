import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keyFiller, openKeyPool } from '../../../harness/pki/index.ts'

async function startFolder() {
  const parent = await mkdtemp(join(tmpdir(), 'landscape-filler-'))
  return { folder: join(parent, 'keys'), [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) }
}
// The filler has what others leave of the processors.
const PATIENT = { timeout: 240_000 }
const cached = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith('rsa2048-'))

test('a key that is taken is made up for, in the background and no sooner than it may', PATIENT, async () => {
  await using place = await startFolder()
  await using filler = keyFiller({ ...place, count: 3 })
  await using pool = openKeyPool({ ...place, onTaken: filler.taken })
  await pool.rsa2048()
  await filler.idle()
  expect(await cached(place.folder)).toHaveLength(0)
  filler.begin()
  await filler.idle()
  expect(await cached(place.folder)).toHaveLength(3)
})

test('where no key is taken nothing is made', async () => {
  await using place = await startFolder()
  await using filler = keyFiller({ ...place, count: 3 })
  await using pool = openKeyPool({ ...place, onTaken: filler.taken })
  await pool.topUp(1)
  filler.begin()
  await filler.idle()
  expect(await cached(place.folder)).toHaveLength(1)
})

test('while a quarter of them are left nothing is made', PATIENT, async () => {
  await using place = await startFolder()
  await using filler = keyFiller({ ...place, count: 4 })
  await using pool = openKeyPool({ ...place, onTaken: filler.taken })
  await pool.topUp(2)
  filler.begin()
  await pool.rsa2048()
  await filler.idle()
  expect(await cached(place.folder)).toHaveLength(1)
  await pool.rsa2048()
  await filler.idle()
  expect(await cached(place.folder)).toHaveLength(4)
})

test('a stop ends the making of keys at once', async () => {
  await using place = await startFolder()
  const filler = keyFiller({ ...place, count: 100_000 })
  filler.begin()
  filler.taken(0)
  // Resolves only when the process has gone, which would have had hours to do.
  await filler[Symbol.asyncDispose]()
  filler.taken(0)
  await filler.idle()
})
