/** Token types, [MS-TDS] 2.2.4. */
export const tokenCodes = {
  returnStatus: 0x79,
  colMetadata: 0x81,
  tabName: 0xa4,
  colInfo: 0xa5,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  order: 0xa9,
  row: 0xd1,
  nbcRow: 0xd2,
  envChange: 0xe3,
  sspi: 0xed,
  done: 0xfd,
  doneProc: 0xfe,
  doneInProc: 0xff,
} as const

/** What differs between the versions of the protocol that clients ask for. */
export interface TokenForm {
  /** From TDS 7.1 on types of text have a collation, and bigint and sql_variant exist. */
  readonly tds71: boolean
  /** From TDS 7.2 on counts and line numbers are wider, and max types exist. */
  readonly tds72: boolean
  /** From TDS 7.3 on the date and time types exist. */
  readonly tds73: boolean
  /** The client has asked for UTF-8 (feature 0A). */
  readonly utf8?: boolean
  /** The current database, which the metadata of CLR types names. */
  readonly database?: () => string
}

export const modernForm: TokenForm = { tds71: true, tds72: true, tds73: true }
