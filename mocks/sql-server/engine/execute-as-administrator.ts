import { randomUUID } from 'node:crypto'
import type { Login } from '../security/login.ts'
import type { Cell } from '../tds/data-type.ts'
import { familyOf } from '../tds/data-type.ts'
import type { Column } from '../tds/tokens/col-metadata.ts'
import { modernForm } from '../tds/tokens/token-codes.ts'
import { errors } from './errors.ts'
import { runBatch } from './execute/client-requests.ts'
import type { SqlInstance } from './instance.ts'
import type { ResultSink } from './result-sink.ts'
import { SqlError } from './sql-error.ts'
import { cellText } from './values/to-text.ts'

/** A row by column name; numbers that JSON would round come as text. */
export type JsonRow = Record<string, null | number | boolean | string>

/** Collects what a session sends as JSON. */
class Collector implements ResultSink {
  readonly rows: JsonRow[] = []
  error: SqlError | undefined
  #columns: readonly Column[] = []

  columns(columns: readonly Column[]): void {
    this.#columns = columns
  }
  row(cells: readonly Cell[]): void {
    const row: JsonRow = {}
    this.#columns.forEach((column, i) => {
      row[column.name === '' ? String(i) : column.name] = plain(cells[i] ?? null, column)
    })
    this.rows.push(row)
  }
  breathe(): undefined {
    return undefined
  }
  done(): void {}
  message(message: Parameters<ResultSink['message']>[0]): void {
    if (message.class > 10)
      this.error ??= new SqlError(message.number, message.class, message.state, message.text, { line: message.line })
  }
  envChange(): void {}
  returnStatus(): void {}
  returnValue(): void {}
}

function plain(cell: Cell, { type }: Column): null | number | boolean | string {
  if (cell === null) return null
  if (type.name === 'bit') return Number(cell) !== 0
  if (typeof cell === 'number') return cell
  if (familyOf(type) === 'binary') return Buffer.from(cell as Uint8Array).toString('hex')
  return cellText(cell, type)
}

/** Runs a batch in a session of sa that no client holds. */
export async function executeAsAdministrator(
  instance: SqlInstance,
  database: string,
  sql: string,
): Promise<readonly JsonRow[]> {
  const sa: Login =
    instance.logins.find('sa') ?? instance.logins.add({ name: 'sa', password: randomUUID(), disabled: true })
  const collector = new Collector()
  if (!instance.findDatabase(database)) throw errors.noDatabase(database)
  const session = instance.openSession({
    login: { ...sa, roles: new Set(['sysadmin']) },
    database,
    caller: { address: 'local' },
    login7: {
      tdsVersion: 0x7400_0004,
      packetBytes: 4096,
      clientPid: 0,
      clientProgramVersion: 0,
      optionFlags1: 0,
      optionFlags2: 2,
      typeFlags: 0,
      optionFlags3: 0,
      hostName: instance.options.serverName,
      userName: 'sa',
      password: '',
      newPassword: '',
      appName: 'control plane',
      serverName: '',
      libraryName: '',
      language: '',
      database,
      sspi: Buffer.alloc(0),
      features: new Map(),
    },
    version: 0x7400_0004,
    encrypted: false,
    packetBytes: 4096,
    form: modernForm,
    end: () => {},
  })
  try {
    await runBatch(session, sql, collector, new AbortController().signal)
  } finally {
    instance.closeSession(session)
  }
  if (collector.error) throw collector.error
  return collector.rows
}
