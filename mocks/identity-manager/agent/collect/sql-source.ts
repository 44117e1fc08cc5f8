import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { MAX_FILE_BYTES } from '../../protocol/agent-api.ts'
import { parseConnectionString } from '../../server/configuration/connection-string.ts'
import { Database } from '../../server/database/database.ts'
import { sqlSettingsOf } from '../../server/database/database-settings.ts'
import { AgentStepFailed } from '../failure.ts'

const resultRows = z.array(z.record(z.string(), z.unknown()))

/** The rows of a statement as CSV, with a head of the columns' names. A connection of its own, closed after it. */
export async function queryAsCsv(
  host: ComponentHost,
  connectionString: string,
  statement: string,
  separator: string,
): Promise<string> {
  // Integrated Security shows the computer: an agent may run as the application pool's identity.
  const settings = sqlSettingsOf(host, parseConnectionString(connectionString), { type: 'computer' })
  await using database = new Database(host.clients, settings)
  const rows = resultRows.parse(await database.query(statement))
  const columns = Object.keys(rows[0] ?? {})
  const lines: string[] = [columns.map((name) => quoted(name, separator)).join(separator)]
  let bytes = 0
  for (const row of rows) {
    const values = new Map<string, unknown>(Object.entries(row))
    const line = columns.map((name) => quoted(String(values.get(name) ?? ''), separator)).join(separator)
    bytes += line.length
    if (bytes > MAX_FILE_BYTES) throw new AgentStepFailed('source', 'too-large', 'The result is too large.')
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

/** RFC 4180 section 2. */
const quoted = (value: string, separator: string): string =>
  /["\r\n]/.test(value) || value.includes(separator) ? `"${value.replaceAll('"', '""')}"` : value
