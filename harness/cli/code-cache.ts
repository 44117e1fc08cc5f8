import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, getCompileCacheDir } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { getHeapSpaceStatistics } from 'node:v8'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

interface Loaded {
  readonly source: Buffer
  readonly script: Script
  readonly module: { exports: unknown }
  /** V8 took the code that an earlier process had compiled. */
  readonly fromCache: boolean
}

/**
 * Runs a CommonJS file that has no import() of its own, and what it requires of its folder, with the code that V8
 * compiled for them in earlier processes. What this one has compiled is kept when it exits, and at `keepCode`, beside
 * Node's own compile cache where that is enabled. Node's holds what runs while a file is loaded: functions that are
 * called later, ten thousand of them in a verification, would be compiled anew in every process.
 */
export function loadCommonJs(entry: string): { readonly exports: unknown; keepCode(): void } {
  const folder = dirname(entry)
  const cache = getCompileCacheDir()
  const kept = cache && join(cache, 'landscape-lab', basename(folder))
  const readable = kept !== undefined && isOurs(kept)
  const elsewhere = createRequire(entry)
  const loaded = new Map<string, Loaded>()
  const load = (file: string): unknown => {
    const known = loaded.get(file)
    if (known) return known.module.exports
    const source = readFileSync(file)
    const cachedData = readable ? checked(contentOf(codeOf(file, kept)), source) : undefined
    const text = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
    const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) })
    const module = { exports: {} }
    loaded.set(file, { source, script, module, fromCache: script.cachedDataRejected === false })
    script.runInThisContext()(module.exports, require, module, file, folder)
    return module.exports
  }
  const require = (name: string) => (name.startsWith('./') ? load(join(folder, name)) : elsewhere(name))
  const keepCode = () => {
    if (kept) keep(kept, loaded)
  }
  process.on('exit', keepCode)
  return { exports: load(entry), keepCode }
}

/** A process that has so many times the code of who wrote what is kept writes it all anew. */
const MORE = 1.1

/** Where V8 has its bytecode, since version 12: told at once, while the bytecode itself is counted by walking the heap. */
const compiledBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'trusted_space')?.space_used_size ?? 0

function keep(folder: string, loaded: ReadonlyMap<string, Loaded>): void {
  const bytes = compiledBytes()
  const most = join(folder, 'most-code')
  const all = bytes > MORE * Number(contentOf(most) ?? 0)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOurs(folder)) return
    if (all) replace(most, `${bytes}`)
    for (const [file, { source, script, fromCache }] of loaded) {
      if (all || !fromCache) replace(codeOf(file, folder), withChecksum(script.createCachedData(), source))
    }
  } catch {
    // A folder that nobody may write to, a full disk: the next process compiles for itself as well.
  }
}

const codeOf = (file: string, folder: string): string => join(folder, `${basename(file)}.code`)

/** Code runs as it is found: who else could write it would run as this user. */
function isOurs(folder: string): boolean {
  if (process.getuid === undefined) return true
  const facts = lstatSync(folder, { throwIfNoEntry: false })
  return facts?.isDirectory() === true && facts.uid === process.getuid() && (facts.mode & 0o022) === 0
}

/** V8 tells code of another version or of other flags by itself. It takes any source of the same length, and crashes on damaged code. */
function checked(content: Buffer | undefined, source: Buffer): Buffer | undefined {
  if (content === undefined || content.length < 4) return undefined
  const code = content.subarray(0, -4)
  return checksumOf(code, source) === content.readUInt32LE(code.length) ? code : undefined
}

function withChecksum(code: Buffer, source: Buffer): Buffer {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(checksumOf(code, source))
  return Buffer.concat([code, checksum])
}

const checksumOf = (code: Buffer, source: Buffer): number => crc32(code, crc32(source))

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Whole for whoever reads it meanwhile. */
function replace(file: string, content: string | Buffer): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, content)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
