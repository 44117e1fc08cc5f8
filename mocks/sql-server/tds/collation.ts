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
  /** BIN, which BIN2 has replaced. */
  readonly oldBinary?: boolean
  /** Kana and widths of characters count. */
  readonly kana?: boolean
  readonly width?: boolean
  readonly utf8: boolean
  /** The label that TextDecoder knows the code page by. */
  readonly encoding: string
}

interface Family {
  readonly lcid: number
  readonly encoding: string
  readonly sortId?: number
}

const w1250 = 'windows-1250'
const w1251 = 'windows-1251'
const w1252 = 'windows-1252'

/** Windows collation families with their locale and code page; a name outside the table is refused with error 448. */
const families: Readonly<Record<string, Family>> = {
  Latin1_General: { lcid: 0x409, encoding: w1252 },
  SQL_Latin1_General_CP1: { lcid: 0x409, encoding: w1252, sortId: 0x34 },
  SQL_Latin1_General_CP1250: { lcid: 0x409, encoding: w1250, sortId: 0x52 },
  SQL_Latin1_General_CP1251: { lcid: 0x419, encoding: w1251, sortId: 0x6a },
  SQL_Latin1_General_CP1253: { lcid: 0x408, encoding: 'windows-1253', sortId: 0x72 },
  SQL_Latin1_General_CP1254: { lcid: 0x41f, encoding: 'windows-1254', sortId: 0x82 },
  SQL_Latin1_General_CP1255: { lcid: 0x40d, encoding: 'windows-1255', sortId: 0x8a },
  SQL_Latin1_General_CP1256: { lcid: 0x401, encoding: 'windows-1256', sortId: 0x92 },
  SQL_Latin1_General_CP1257: { lcid: 0x425, encoding: 'windows-1257', sortId: 0x9a },
  Albanian: { lcid: 0x41c, encoding: w1250 },
  Arabic: { lcid: 0x401, encoding: 'windows-1256' },
  Chinese_Hong_Kong_Stroke: { lcid: 0xc04, encoding: 'big5' },
  Chinese_PRC: { lcid: 0x804, encoding: 'gbk' },
  Chinese_PRC_Stroke: { lcid: 0x20804, encoding: 'gbk' },
  Chinese_Simplified_Pinyin: { lcid: 0x804, encoding: 'gbk' },
  Chinese_Taiwan_Bopomofo: { lcid: 0x30404, encoding: 'big5' },
  Chinese_Taiwan_Stroke: { lcid: 0x404, encoding: 'big5' },
  Croatian: { lcid: 0x41a, encoding: w1250 },
  Cyrillic_General: { lcid: 0x419, encoding: w1251 },
  Czech: { lcid: 0x405, encoding: w1250 },
  Danish_Norwegian: { lcid: 0x406, encoding: w1252 },
  Estonian: { lcid: 0x425, encoding: 'windows-1257' },
  Finnish_Swedish: { lcid: 0x40b, encoding: w1252 },
  French: { lcid: 0x40c, encoding: w1252 },
  German_PhoneBook: { lcid: 0x10407, encoding: w1252 },
  Greek: { lcid: 0x408, encoding: 'windows-1253' },
  Hebrew: { lcid: 0x40d, encoding: 'windows-1255' },
  Hungarian: { lcid: 0x40e, encoding: w1250 },
  Hungarian_Technical: { lcid: 0x1040e, encoding: w1250 },
  Icelandic: { lcid: 0x40f, encoding: w1252 },
  Japanese: { lcid: 0x411, encoding: 'shift_jis' },
  Japanese_XJIS: { lcid: 0x411, encoding: 'shift_jis' },
  Japanese_Unicode: { lcid: 0x10411, encoding: 'shift_jis' },
  Korean: { lcid: 0x412, encoding: 'euc-kr' },
  Korean_Wansung: { lcid: 0x412, encoding: 'euc-kr' },
  Latvian: { lcid: 0x426, encoding: 'windows-1257' },
  Lithuanian: { lcid: 0x427, encoding: 'windows-1257' },
  Modern_Spanish: { lcid: 0xc0a, encoding: w1252 },
  Polish: { lcid: 0x415, encoding: w1250 },
  Romanian: { lcid: 0x418, encoding: w1250 },
  Serbian_Cyrillic: { lcid: 0xc1a, encoding: w1251 },
  Slovak: { lcid: 0x41b, encoding: w1250 },
  Slovenian: { lcid: 0x424, encoding: w1250 },
  Thai: { lcid: 0x41e, encoding: 'windows-874' },
  Traditional_Spanish: { lcid: 0x40a, encoding: w1252 },
  Turkish: { lcid: 0x41f, encoding: 'windows-1254' },
  Ukrainian: { lcid: 0x422, encoding: w1251 },
  Vietnamese: { lcid: 0x42a, encoding: 'windows-1258' },
}

const shape = /^(.+?)(?:_(90|100|140))?(?:_(CI|CS)_(AI|AS)(_KS)?(_WS)?(_SC)?(_VSS)?|_(BIN2?))(_UTF8)?$/i
const known = new Map<string, Collation>()
const versions: Readonly<Record<string, number>> = { 90: 1, 100: 2, 140: 3 }
const familyByName = new Map(Object.entries(families).map(([name, family]) => [name.toLowerCase(), { name, family }]))

/** The collation of a name, undefined when SQL Server would not know it either. */
export function collationOf(name: string): Collation | undefined {
  const key = name.toLowerCase()
  const cached = known.get(key)
  if (cached) return cached
  const parts = shape.exec(name)
  const found = parts?.[1] === undefined ? undefined : familyByName.get(parts[1].toLowerCase())
  if (!parts || !found) return undefined
  const { family } = found
  const ignoreCase = parts[3]?.toUpperCase() === 'CI'
  const ignoreAccent = parts[4]?.toUpperCase() === 'AI'
  const utf8 = parts[10] !== undefined
  const rest = name.slice(parts[1]?.length ?? 0).toUpperCase()
  const collation: Collation = {
    name: `${found.name}${rest}`,
    lcid: family.lcid,
    version: versions[parts[2] ?? ''] ?? 0,
    // The numbers of the old sort orders: of each, case-sensitive comes before, accent-insensitive two behind.
    sortId: family.sortId ? family.sortId + (ignoreAccent ? 2 : ignoreCase ? 0 : -1) : 0,
    ignoreCase,
    ignoreAccent,
    binary: parts[9] !== undefined,
    utf8,
    encoding: utf8 ? 'utf-8' : family.encoding,
    ...(parts[9]?.toUpperCase() === 'BIN' ? { oldBinary: true } : {}),
    ...(parts[5] ? { kana: true } : {}),
    ...(parts[6] ? { width: true } : {}),
  }
  known.set(key, collation)
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
    (collation.binary || collation.kana ? 0 : 4) |
    (collation.binary || collation.width ? 0 : 8) |
    (collation.binary ? (collation.oldBinary ? 0x10 : 0x20) : 0) |
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
  const all = Object.values(families)
  const family =
    all.find((each) => each.sortId !== undefined && sortId >= each.sortId - 1 && sortId <= each.sortId + 2) ??
    all.find((each) => each.lcid === lcid)
  return {
    ...fallback,
    lcid,
    sortId,
    version: bits >>> 28,
    utf8: (flags & 0x40) !== 0,
    encoding: flags & 0x40 ? 'utf-8' : (family?.encoding ?? fallback.encoding),
  }
}

/** The same without UTF-8, for clients that cannot read it. */
export const withoutUtf8 = (collation: Collation): Collation => ({
  ...collation,
  utf8: false,
  encoding: Object.values(families).find(({ lcid }) => lcid === collation.lcid)?.encoding ?? 'windows-1252',
})
