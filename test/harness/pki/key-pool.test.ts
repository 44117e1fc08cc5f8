import { createPrivateKey } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { openKeyPool } from '../../../harness/pki/index.ts'
import { run } from '../../support/programs.ts'

const posix = process.platform !== 'win32'

async function startFolder() {
  const parent = await mkdtemp(join(tmpdir(), 'landscape-keys-'))
  return { folder: join(parent, 'state', 'keys'), [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) }
}
const modeOf = async (path: string) => (await lstat(path)).mode & 0o777

test('keys are cached as files of mode 0600 in a folder of mode 0700, and each is handed out once', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await pool.topUp(3)
  const files = await readdir(place.folder)
  expect(files).toHaveLength(3)
  if (posix) {
    expect(await modeOf(place.folder)).toBe(0o700)
    for (const file of files) expect(await modeOf(join(place.folder, file))).toBe(0o600)
  }
  const keys = await Promise.all([pool.rsa2048(), pool.rsa2048(), pool.rsa2048()])
  expect(new Set(keys).size).toBe(3)
  expect(await readdir(place.folder)).toEqual([])
  for (const key of keys) expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(keys[0]).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
})

test('who takes a key is told how many are left', async () => {
  await using place = await startFolder()
  const told: number[] = []
  await using pool = openKeyPool({ ...place, onTaken: (left) => told.push(left) })
  await pool.topUp(2)
  for (let taken = 0; taken < 3; taken += 1) await pool.rsa2048()
  expect(told).toEqual([1, 0, 0])
})

test('what one landscape of a run takes, those beside it may use: no key of the pool, and each once', async () => {
  await using place = await startFolder()
  const lent: string[] = []
  await using first = openKeyPool({ ...place, shared: { lend: (key) => lent.push(key) } })
  await first.topUp(3)
  const taken = [await first.rsa2048(), await first.rsa2048()]
  await using beside = openKeyPool({ ...place, shared: { borrow: () => lent.shift() } })
  expect([await beside.rsa2048(), await beside.rsa2048()]).toEqual(taken)
  expect(await readdir(place.folder)).toHaveLength(1)
  expect(taken).not.toContain(await beside.rsa2048())
  expect(await readdir(place.folder)).toEqual([])
})

test('without a cached key it makes one, and leaves no file', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  expect(createPrivateKey(await pool.rsa2048()).asymmetricKeyType).toBe('rsa')
  expect(await readdir(place.folder)).toEqual([])
})

test('topping up counts what is there', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await pool.topUp(2)
  const before = await readdir(place.folder)
  await pool.topUp(2)
  expect(await readdir(place.folder)).toEqual(before)
})

test('of two processes that empty one pool, no two get the same key', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await pool.topUp(12)
  const takers = [1, 2].map(() => run(process.execPath, [join(import.meta.dirname, 'take-keys.ts'), place.folder, '6']))
  const ended = await Promise.all(takers)
  const digests = ended.flatMap(({ output }) => output.match(/^[0-9a-f]{64}$/gm) ?? [])
  expect(digests).toHaveLength(12)
  expect(new Set(digests).size).toBe(12)
  expect(await readdir(place.folder)).toEqual([])
})

test('a broken file is no key: it goes, and another is taken', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await pool.topUp(1)
  await writeFile(join(place.folder, 'rsa2048-0.pem'), '-----BEGIN PRIVATE KEY-----\nMIIE', { mode: 0o600 })
  expect(createPrivateKey(await pool.rsa2048()).asymmetricKeyType).toBe('rsa')
  expect(await readdir(place.folder)).toEqual([])
})

test('what a dead process left unfinished goes after an hour', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await pool.topUp(1)
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000)
  for (const name of ['new-old', 'taken-old', 'new-fresh']) await writeFile(join(place.folder, name), 'x')
  for (const name of ['new-old', 'taken-old']) await utimes(join(place.folder, name), longAgo, longAgo)
  await pool.topUp(1)
  const left = (await readdir(place.folder)).map((name) => name.replace(/-.*/, ''))
  expect(left.sort()).toEqual(['new', 'rsa2048'])
})

test('an abort ends topping up', async () => {
  await using place = await startFolder()
  await using pool = openKeyPool(place)
  await expect(pool.topUp(1000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})

test('closing the pool ends topping up, waits for it, and hands out nothing more', async () => {
  await using place = await startFolder()
  const pool = openKeyPool(place)
  const topUp = expect(pool.topUp(1000)).rejects.toThrow(HarnessError)
  await pool[Symbol.asyncDispose]()
  await topUp
  await expect(pool.rsa2048()).rejects.toThrow(/has been closed$/)
})

test.skipIf(!posix)('a folder that others could read is closed to them (POSIX modes)', async () => {
  await using place = await startFolder()
  await mkdir(place.folder, { recursive: true })
  await chmod(place.folder, 0o755)
  await using pool = openKeyPool(place)
  await pool.topUp(1)
  expect(await modeOf(place.folder)).toBe(0o700)
})

test('a file in the place of the folder is one clear error', async () => {
  await using place = await startFolder()
  await mkdir(join(place.folder, '..'), { recursive: true })
  await writeFile(place.folder, '')
  await using pool = openKeyPool(place)
  await expect(pool.rsa2048()).rejects.toThrow(`cannot keep keys in ${place.folder}: `)
})
