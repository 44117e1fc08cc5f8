/** Transaction manager requests, [MS-TDS] 2.2.6.9. */
import { type ByteReader, ProtocolError } from './byte-reader.ts'

export type TransactionRequest =
  | { readonly kind: 'dtc-address' }
  | { readonly kind: 'begin'; readonly isolation: number; readonly name: string }
  | {
      readonly kind: 'commit'
      readonly name: string
      readonly next?: { readonly isolation: number; readonly name: string }
    }
  | {
      readonly kind: 'rollback'
      readonly name: string
      readonly next?: { readonly isolation: number; readonly name: string }
    }
  | { readonly kind: 'save'; readonly name: string }
  | { readonly kind: 'unsupported'; readonly type: number }

const beginNext = 0x01

export function decodeTransactionRequest(reader: ByteReader): TransactionRequest {
  const type = reader.u16()
  // The length of a name counts bytes here, not characters.
  const name = (): string => {
    const bytes = reader.u8()
    if (bytes % 2 !== 0) throw new ProtocolError('a transaction name of half a character')
    return reader.text(bytes / 2)
  }
  switch (type) {
    case 0:
      return { kind: 'dtc-address' }
    case 5:
      return { kind: 'begin', isolation: reader.u8(), name: name() }
    case 7:
    case 8: {
      const kind = type === 7 ? 'commit' : 'rollback'
      const called = name()
      const flags = reader.left > 0 ? reader.u8() : 0
      if ((flags & beginNext) === 0) return { kind, name: called }
      return { kind, name: called, next: { isolation: reader.u8(), name: name() } }
    }
    case 9:
      return { kind: 'save', name: name() }
    default:
      return { kind: 'unsupported', type }
  }
}
