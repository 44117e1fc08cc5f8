/** RFC 6895 2.2. */
export const opcodes = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const

/** RFC 6895 2.3; those above 15 go out in the OPT record's upper bits. */
export const responseCodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const

export type ResponseCodeName = keyof typeof responseCodes
export type ResponseCode = (typeof responseCodes)[ResponseCodeName]

const names = new Map<number, string>(Object.entries(responseCodes).map(([name, code]) => [code, name]))

export const responseCodeName = (code: ResponseCode): string => names.get(code) ?? String(code)

/** RFC 6895 3.1, 3.2: those that the server looks at. */
export const queryTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const
export const classes = { IN: 1, ANY: 255 } as const

const typeNames = new Map<number, string>(Object.entries(queryTypes).map(([name, type]) => [type, name]))

/** As in RFC 3597 where the server does not know it. */
export const typeName = (type: number): string => typeNames.get(type) ?? `TYPE${type}`
