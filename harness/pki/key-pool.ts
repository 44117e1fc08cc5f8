import { createPrivateKey, generateKeyPair, randomUUID } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { codeOf, HarnessError, messageOf } from '../context/error.ts'

/** Unused RSA-2048 keys, kept as files so that no landscape waits for one. Each is handed out once, to one run. */
export interface KeyPool extends AsyncDisposable {
  /** A key that no other run has, PKCS#8 PEM, and that was not given before: a cached one, else a new one made in the thread pool (some 100 ms of CPU). */
  rsa2048(): Promise<string>
  /** Makes keys, one after the other, until `count` unused ones are cached. An abort ends it after the key at hand. */
  topUp(count: number, signal?: AbortSignal): Promise<void>
}

const UNUSED = 'rsa2048-'
const UNFINISHED = /^(?:new|taken)-/
const UNFINISHED_MAX_AGE_MS = 60 * 60 * 1000

const generate = promisify(generateKeyPair)

async function newRsaKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Keys that the landscapes of one run share: a run does not need as many again for each that plays beside the first. */
export interface SharedKeys {
  /** One that another landscape of the run has taken, and this one has not used; undefined where there is none. */
  borrow?(): string | undefined
  /** Told of each key that is taken from the pool, PKCS#8 PEM. */
  lend?(key: string): void
}

export interface KeyPoolOptions {
  readonly folder: string
  readonly shared?: SharedKeys | undefined
  /** Told whenever a key has been handed out, with how many are left. */
  readonly onTaken?: (left: number) => void
}

/** Opens the pool that lives in `folder`: made with mode 0700, its files with 0600. A folder of another user's is refused. */
export function openKeyPool({ folder, shared, onTaken }: KeyPoolOptions): KeyPool {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  let prepared: Promise<void> | undefined

  const prepare = (): Promise<void> => {
    prepared ??= ownFolder(folder)
    return prepared
  }
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    const done = work.finally(() => running.delete(done))
    running.add(done)
    return done
  }
  const assertOpen = () => {
    if (closing.signal.aborted) throw new HarnessError('not-running', `the key pool ${folder} has been closed`)
  }

  async function rsa2048(): Promise<string> {
    const borrowed = shared?.borrow?.()
    if (borrowed !== undefined) return borrowed
    await prepare()
    const cached = await takeCached(folder)
    onTaken?.(cached?.left ?? 0)
    const key = cached?.key ?? (await newRsaKey())
    shared?.lend?.(key)
    return key
  }

  async function topUp(count: number, signal: AbortSignal): Promise<void> {
    await prepare()
    await sweepUnfinished(folder)
    // Counted each time: others take keys, and make them, meanwhile.
    while ((await unusedKeys(folder)).length < count) {
      signal.throwIfAborted()
      const key = await newRsaKey()
      const name = randomUUID()
      await writeFile(join(folder, `new-${name}`), key, { mode: 0o600, flag: 'wx' })
      await rename(join(folder, `new-${name}`), join(folder, `${UNUSED}${name}.pem`))
    }
  }

  return {
    async rsa2048() {
      assertOpen()
      return tracked(rsa2048())
    },
    async topUp(count, signal) {
      assertOpen()
      return tracked(topUp(count, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal))
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('not-running', `the key pool ${folder} was closed`))
      await Promise.allSettled(running)
    },
  }
}

async function ownFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const facts = await lstat(folder)
    if (!facts.isDirectory()) throw new Error('it is no folder')
    const user = process.getuid?.()
    if (user !== undefined && facts.uid !== user) throw new Error('it belongs to another user')
    if (user !== undefined && (facts.mode & 0o077) !== 0) await chmod(folder, 0o700)
  } catch (cause) {
    throw new HarnessError('file-unreadable', `cannot keep keys in ${folder}: ${messageOf(cause)}`, { cause })
  }
}

const unusedKeys = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith(UNUSED))

/** Takes a cached key by renaming its file: of two processes that try, one finds it gone and takes the next. */
async function takeCached(folder: string): Promise<{ readonly key: string; readonly left: number } | undefined> {
  const unused = await unusedKeys(folder)
  for (const [index, name] of unused.entries()) {
    const taken = join(folder, `taken-${randomUUID()}`)
    try {
      await rename(join(folder, name), taken)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue
      throw error
    }
    const key = await readFile(taken, 'utf8')
    await rm(taken)
    if (isRsa2048(key)) return { key, left: unused.length - index - 1 }
  }
  return undefined
}

// A file cut short by a full disk or a power cut is no key, and is dropped.
function isRsa2048(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.modulusLength === 2048
  } catch {
    return false
  }
}

/** Removes what a process left that died while it wrote or took a key. */
async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((entry) => UNFINISHED.test(entry))) {
    const path = join(folder, name)
    const age = await ageMs(path)
    if (age !== undefined && age > UNFINISHED_MAX_AGE_MS) await rm(path, { force: true })
  }
}

async function ageMs(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
