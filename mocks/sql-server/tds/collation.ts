/** Collations: their five bytes on the wire, [MS-TDS] 2.2.5.1.2, and their code pages. */
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

export interface Collation {
  readonly name: string
  readonly lcid: number
  readonly version: number
  readonly sortId: number
  readonly ignoreCase: boolean
  readonly ignoreAccent: boolean
  readonly binary: boolean
  readonly utf8: boolean
  /** The label that TextDecoder knows the code page by. */
  readonly encoding: string
}

interface Family {
  readonly lcid: number
  readonly encoding: string
  readonly sortId?: number
}

/** The families that customers' servers use most; a name outside the table is refused with error 448. */
const families: Readonly<Record<string, Family>> = {
  Latin1_General: { lcid: 0x409, encoding: 'windows-1252' },
  SQL_Latin1_General_CP1: { lcid: 0x409, encoding: 'windows-1252', sortId: 0x34 },
  German_PhoneBook: { lcid: 0x10407, encoding: 'windows-1252' },
  French: { lcid: 0x40c, encoding: 'windows-1252' },
  Finnish_Swedish: { lcid: 0x40b, encoding: 'windows-1252' },
  Danish_Norwegian: { lcid: 0x406, encoding: 'windows-1252' },
  Modern_Spanish: { lcid: 0xc0a, encoding: 'windows-1252' },
  Polish: { lcid: 0x415, encoding: 'windows-1250' },
  Czech: { lcid: 0x405, encoding: 'windows-1250' },
  Hungarian: { lcid: 0x40e, encoding: 'windows-1250' },
  Cyrillic_General: { lcid: 0x419, encoding: 'windows-1251' },
  Greek: { lcid: 0x408, encoding: 'windows-1253' },
  Turkish: { lcid: 0x41f, encoding: 'windows-1254' },
  Chinese_PRC: { lcid: 0x804, encoding: 'gbk' },
  Japanese: { lcid: 0x411, encoding: 'shift_jis' },
}

const shape = /^(.+?)(?:_(90|100|140))?(?:_(CI|CS)_(AI|AS)(?:_KS)?(?:_WS)?(?:_SC)?|_(BIN2?))(_UTF8)?$/i
const known = new Map<string, Collation>()

/** The collation of a name, undefined when SQL Server would not know it either. */
export function collationOf(name: string): Collation | undefined {
  const cached = known.get(name.toLowerCase())
  if (cached) return cached
  const parts = shape.exec(name)
  if (!parts?.[1]) return undefined
  const wanted = parts[1].toLowerCase()
  const entry = Object.entries(families).find(([family]) => family.toLowerCase() === wanted)
  if (!entry) return undefined
  const family = entry[1]
  const collation: Collation = {
    name,
    lcid: family.lcid,
    version: parts[2] === '90' ? 1 : parts[2] === '100' ? 2 : parts[2] === '140' ? 3 : 0,
    // A sort order of the old kind is tied to its variant; 0x34 is CI_AS, 0x33 CS_AS, 0x36 CI_AI.
    sortId: family.sortId
      ? parts[3]?.toUpperCase() === 'CS'
        ? 0x33
        : parts[4]?.toUpperCase() === 'AI'
          ? 0x36
          : 0x34
      : 0,
    ignoreCase: parts[3]?.toUpperCase() === 'CI',
    ignoreAccent: parts[4]?.toUpperCase() === 'AI',
    binary: parts[5] !== undefined,
    utf8: parts[6] !== undefined,
    encoding: parts[6] !== undefined ? 'utf-8' : family.encoding,
  }
  known.set(name.toLowerCase(), collation)
  return collation
}

export const latin1: Collation = {
  name: 'Latin1_General_CI_AS',
  lcid: 0x409,
  version: 0,
  sortId: 0,
  ignoreCase: true,
  ignoreAccent: false,
  binary: false,
  utf8: false,
  encoding: 'windows-1252',
}

export function writeCollation(writer: ByteWriter, collation: Collation): void {
  const flags =
    (collation.ignoreCase ? 1 : 0) |
    (collation.ignoreAccent ? 2 : 0) |
    (collation.binary ? 0 : 4 | 8) |
    (collation.binary ? 0x20 : 0) |
    (collation.utf8 ? 0x40 : 0)
  writer.u32(((collation.version << 28) | (flags << 20) | collation.lcid) >>> 0).u8(collation.sortId)
}

/** What a client sent with a value: enough to find the code page. All zero means the database's own. */
export function readCollation(reader: ByteReader, fallback: Collation): Collation {
  const bits = reader.u32()
  const sortId = reader.u8()
  if (bits === 0 && sortId === 0) return fallback
  const lcid = bits & 0xfffff
  const flags = (bits >>> 20) & 0xff
  if (lcid === fallback.lcid && sortId === fallback.sortId && ((flags & 0x40) !== 0) === fallback.utf8) return fallback
  const family = Object.values(families).find((candidate) => candidate.lcid === lcid)
  return {
    ...fallback,
    lcid,
    sortId,
    version: bits >>> 28,
    utf8: (flags & 0x40) !== 0,
    encoding: flags & 0x40 ? 'utf-8' : (family?.encoding ?? fallback.encoding),
  }
}
