import { dirname } from 'node:path/posix'

/** A small file: what an archive made in memory holds. */
export interface SmallFile {
  /** At most 100 bytes. */
  readonly path: string
  readonly content: string
}

/** Who owns the files in the container, by numbers. */
export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

const BLOCK = 512
const ROOT: FileOwner = { uid: 0, gid: 0 }

/**
 * A tar archive (POSIX.1-1988 "ustar") of small files, each for its owner alone. Made here, because the key of a
 * certificate is never to stand on this machine's disk, and the owner is a user whom this machine does not have.
 */
export function smallTar(files: readonly SmallFile[], owner: FileOwner = ROOT): Buffer {
  const folders = new Set(files.map(({ path }) => dirname(path)).filter((folder) => folder !== '.'))
  const parts = [
    ...Array.from(folders, (folder) => header({ name: `${folder}/`, type: '5', mode: 0o700, size: 0, ...owner })),
    ...files.flatMap(({ path, content }) => {
      const bytes = Buffer.from(content)
      const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)
      return [header({ name: path, type: '0', mode: 0o600, size: bytes.length, ...owner }), bytes, padding]
    }),
    // Two empty blocks end an archive.
    Buffer.alloc(2 * BLOCK),
  ]
  return Buffer.concat(parts)
}

interface Entry extends FileOwner {
  /** At most 100 bytes. */
  readonly name: string
  readonly type: '0' | '5'
  readonly mode: number
  readonly size: number
}

/** Field → where it begins. Numbers are octal digits with a NUL behind them. */
const AT = { name: 0, mode: 100, uid: 108, gid: 116, size: 124, mtime: 136, checksum: 148, type: 156, magic: 257 }

function header({ name, type, mode, uid, gid, size }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number) => block.write(value.toString(8).padStart(digits, '0'), at)
  block.write(name, AT.name)
  octal(mode, AT.mode, 7)
  octal(uid, AT.uid, 7)
  octal(gid, AT.gid, 7)
  octal(size, AT.size, 11)
  octal(Math.floor(Date.now() / 1000), AT.mtime, 11)
  block.write(type, AT.type)
  block.write('ustar\u000000', AT.magic, 'latin1')
  // The sum is taken as if its own field were blanks.
  block.fill(' ', AT.checksum, AT.type)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, AT.checksum, 'latin1')
  return block
}
