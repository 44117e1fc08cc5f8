/** RPC requests, [MS-TDS] 2.2.6.6. */
import { type ByteReader, ProtocolError } from './byte-reader.ts'
import type { Collation } from './collation.ts'
import { type Cell, type DataType, types } from './data-type.ts'
import { isTableNext, readTableValue, type TableValue } from './table-value.ts'
import { readTypeInfo } from './types/type-info.ts'
import { readValue } from './types/value.ts'

export const procIds: Readonly<Record<number, string>> = {
  1: 'sp_cursor',
  2: 'sp_cursoropen',
  3: 'sp_cursorprepare',
  4: 'sp_cursorexecute',
  5: 'sp_cursorprepexec',
  6: 'sp_cursorunprepare',
  7: 'sp_cursorfetch',
  8: 'sp_cursoroption',
  9: 'sp_cursorclose',
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  14: 'sp_prepexecrpc',
  15: 'sp_unprepare',
}

export interface RpcParameter {
  readonly name: string
  readonly output: boolean
  readonly useDefault: boolean
  readonly type: DataType
  readonly value: Cell
  /** A table-valued parameter; `type` and `value` then say nothing. */
  readonly table?: TableValue
}

export interface RpcRequest {
  readonly procedure: string
  readonly parameters: readonly RpcParameter[]
  /** The client knows the columns of the results. */
  readonly noMetadata: boolean
}

const noMetadataOption = 0x02
/** Above the 2100 that the engine takes (8003), and a bound for what is kept of a request that is refused. */
const maxParameters = 32_768
const flags = { output: 0x01, default: 0x02, encrypted: 0x08 } as const

/** Reads one call, and the separator behind it when another follows. */
export function decodeRpc(
  reader: ByteReader,
  options: { readonly collation: Collation; readonly tds71?: boolean; readonly tds72: boolean },
): RpcRequest {
  const nameLength = reader.u16()
  let procedure: string
  if (nameLength === 0xffff) {
    const id = reader.u16()
    const known = procIds[id]
    if (!known) throw new ProtocolError(`procedure number ${id}`)
    procedure = known
  } else {
    if (nameLength > 1046) throw new ProtocolError(`a procedure name of ${nameLength} characters`)
    procedure = reader.text(nameLength)
  }
  const optionFlags = reader.u16()
  const parameters: RpcParameter[] = []
  while (reader.left > 0) {
    const ahead = reader.bytes[reader.position]
    if (options.tds72 ? ahead === 0xff || ahead === 0xfe : ahead === 0x80) {
      reader.skip(1)
      break
    }
    if (parameters.length === maxParameters) throw new ProtocolError(`more than ${maxParameters} parameters`)
    const name = reader.bVarchar()
    const status = reader.u8()
    if (status & flags.encrypted) throw new ProtocolError('an encrypted parameter')
    const how = { name, output: (status & flags.output) !== 0, useDefault: (status & flags.default) !== 0 }
    if (isTableNext(reader)) {
      const table = readTableValue(reader, options.collation)
      parameters.push({ ...how, type: types.int, value: null, table })
    } else {
      const wire = readTypeInfo(reader, options.collation, options.tds71 ?? true)
      parameters.push({ ...how, type: wire.type, value: readValue(reader, wire) })
    }
  }
  return { procedure, parameters, noMetadata: (optionFlags & noMetadataOption) !== 0 }
}
