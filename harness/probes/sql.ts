import { z } from 'zod'
import { sqlFailure } from '../clients/sql-failure.ts'
import type { Json } from '../context/json.ts'
import { sessionFacts } from './certificate-chain.ts'
import { type Failure, failureOf } from './ended-by.ts'
import { given, hostInput, portInput, trustInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'

const MAX_ROWS = 100

const input = z
  .strictObject({
    host: hostInput.optional().describe('server’s name or address; HOST\\INSTANCE for a named instance'),
    server: hostInput.optional().describe('the same as host'),
    port: portInput(1433),
    database: z.string().optional().describe('database; the login’s default unless told'),
    user: z.string().optional().describe('login; CORP\\alice logs in by NTLM'),
    password: z.string().optional().describe('its password'),
    domain: z.string().optional().describe('logs in by NTLM as an account of this domain'),
    integrated: z
      .boolean()
      .default(false)
      .describe('logs in by NTLM as the host’s computer account, as an application pool identity does'),
    encrypt: z
      .union([z.boolean(), z.literal('strict')], 'must be true, false or strict')
      .default(true)
      .describe('encryption: false, true, or strict (TDS 8.0)'),
    trustServerCertificate: z.boolean().default(false).describe('do not verify the certificate'),
    trust: trustInput,
    serverName: z.string().optional().describe('name in the certificate, where it is not the server’s'),
    query: z.string().optional().describe(`statement to run; at most ${MAX_ROWS} rows are kept`),
  })
  .refine(({ host, server }) => (host === undefined) !== (server === undefined), 'give a host, once: host=…')

/** Logs in to SQL Server and runs a statement if asked to. */
export const sqlProbe: Probe<typeof input> = {
  name: 'sql',
  summary: 'Log in to SQL Server and run a statement',
  input,
  run: (environment, { query, host, server: to = host ?? '', ...settings }, signal) => {
    const { port } = settings
    const asked = to.includes('\\') ? {} : { port } // of a named instance the browser tells the port
    const question = { probe: 'sql', client: 'tedious', to, ...asked, signal, failure: sqlAttemptFailure }
    return observe(environment, question, async (facts) => {
      const pool = await environment.clients.sql.connect({
        ...given(settings),
        server: to,
        pool: { max: 1 },
        validateConnection: 'socket',
        signal,
        onSession: (session) => {
          facts.tls = sessionFacts(session)
        },
      })
      try {
        facts.sql = { loggedIn: true }
        if (query === undefined) return
        const { recordset, rowsAffected } = await pool.request().query(query)
        const rows: readonly object[] = recordset ?? []
        facts.sql = { loggedIn: true, rows: rows.slice(0, MAX_ROWS).map(jsonRow), rowsAffected: [...rowsAffected] }
      } finally {
        await pool.close()
      }
    })
  },
}

/** Every ERROR token goes to the cause's text: the last one, which tedious throws, is not always the telling one. */
function sqlAttemptFailure(thrown: unknown): Failure {
  const { number, state, all } = sqlFailure(thrown)
  const failure = failureOf('tedious', thrown)
  const error = { ...failure.error, ...(number !== undefined && { number }), ...(state !== undefined && { state }) }
  const texts = all.map((one) => `Msg ${one.number}, Level ${one.class}, State ${one.state}: ${one.text}`)
  return { ...failure, error, ...(texts.length > 1 && { cause: { text: texts.join('\n') } }) }
}

const jsonRow = (row: object): Json =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, jsonValue(value)]))

function jsonValue(value: unknown): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (value instanceof Date) return value.toISOString()
  return Buffer.isBuffer(value) ? `0x${value.toString('hex').toUpperCase()}` : String(value)
}
