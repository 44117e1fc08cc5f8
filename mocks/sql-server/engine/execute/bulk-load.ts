/** INSERT BULK and the bulk load message, [MS-TDS] 2.2.6.1. */

import type { ByteReader } from '../../tds/byte-reader.ts'
import type { Statement } from '../../tsql/ast.ts'
import { unsupported } from '../sql-error.ts'
import type { Execution } from './execution.ts'
import { reportError } from './interpreter.ts'

export function insertBulk(_x: Execution, s: Extract<Statement, { kind: 'insertBulk' }>): never {
  throw unsupported('INSERT BULK', s.line)
}

export async function runBulkLoad(x: Execution, _reader: ByteReader): Promise<void> {
  reportError(x, unsupported('bulk load'))
  x.sink.done({ kind: 'done', command: 0, error: true })
}
