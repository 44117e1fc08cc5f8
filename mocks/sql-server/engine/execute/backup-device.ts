import { isAbsolute, join, normalize, sep } from 'node:path'
import { maxLength, textType } from '../../tds/data-type.ts'
import type { Expr } from '../../tsql/ast.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { evaluate } from './evaluate.ts'
import type { Execution } from './execution.ts'

/** A part of a path, with what a backup puts behind it while it is being written. */
const maxPartBytes = 240

/** Pages of 8 KB, as the messages count. */
export const pageBytes = 8192

export async function deviceOf(
  x: Execution,
  disks: readonly Expr[],
): Promise<{ name: string; file: string | undefined }> {
  const [first, second] = disks
  if (!first || second) throw unsupported('backups striped over several devices')
  const { value } = await evaluate(x, first, textType('nvarchar', maxLength, x.session.collation))
  const name = String(value ?? '')
  const plain = normalize(name.replaceAll('\\', '/'))
  const outside =
    name === '' ||
    plain === '.' ||
    name.includes('\0') ||
    plain.split('/').some((part) => Buffer.byteLength(part) > maxPartBytes) ||
    isAbsolute(plain) ||
    /^[A-Za-z]:/.test(plain) ||
    plain.startsWith('..') ||
    name.startsWith('\\\\')
  return { name, file: outside ? undefined : join(x.session.instance.options.backupFolder, plain.split('/').join(sep)) }
}

export const cannotOpen = (name: string, code: number, reason: string): SqlError =>
  new SqlError(3201, 16, 1, `Cannot open backup device '${name}'. Operating system error ${code}(${reason}).`, {
    endsBatch: true,
  })

export const notOfTempdb = (): SqlError =>
  new SqlError(3147, 16, 3, 'Backup and restore operations are not allowed on database tempdb.')

const ended = (what: string): SqlError => new SqlError(3013, 16, 1, `${what} is terminating abnormally.`)

/** Errors of a backup come in two: what happened, then 3013. */
export function abnormal(x: Execution, error: SqlError, what: string): never {
  error.line = 1
  x.sink.message({
    number: error.number,
    class: error.class,
    state: error.state,
    text: error.message,
    procedure: x.frame.procedure,
    line: 1,
  })
  throw ended(what)
}
