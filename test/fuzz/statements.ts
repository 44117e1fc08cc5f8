import sql from 'mssql'
import type { Random } from '../../harness/context/random.ts'
import { startSqlServer } from '../../mocks/sql-server/index.ts'
import type { Finding } from './finding.ts'
import { mutateStatement } from './mutate-statement.ts'
import { SETUP, statementCorpus } from './statement-corpus.ts'

/** A new server for each, so that what a statement left behind explains little else. */
const STATEMENTS_A_SERVER = 200
/** Then the client cancels; a server that does not obey within the client's own 5 s hangs. */
const PATIENCE_MS = 3000
const PASSWORD = 'Fuzz-2026-secret!'

/** After these the server may close the connection. */
const CLOSES = /\b(?:KILL|SHUTDOWN|SINGLE_USER|RESTRICTED_USER|OFFLINE|LOG)\b/i

/** What other statements of the corpus speak of: made, where it can be, before they are run. */
const MAKES = /^\s*CREATE\s+(?:TABLE|VIEW|PROC|FUNCTION|SCHEMA|TYPE|SEQUENCE|SYNONYM)\b/i

export interface StatementsDone {
  readonly run: number
  readonly succeeded: number
  readonly cancelled: number
  /** Error number → how often. */
  readonly errors: ReadonlyMap<number, number>
  /** What SQLite refused → a statement: told to clients as a limit (50900), and worth a look. */
  readonly limits: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

interface Tally {
  run: number
  succeeded: number
  cancelled: number
  readonly errors: Map<number, number>
  readonly limits: Map<string, string>
  readonly findings: Finding[]
}

/** Runs `count` changed statements through `mssql`; each ends in rows, in an error token, or when the client cancels it. */
export async function fuzzStatements(
  count: number,
  random: Random,
  progress: (run: number) => void,
): Promise<StatementsDone> {
  const corpus = statementCorpus()
  const tally: Tally = { run: 0, succeeded: 0, cancelled: 0, errors: new Map(), limits: new Map(), findings: [] }
  while (tally.run < count) {
    await runSome(corpus, Math.min(count, tally.run + STATEMENTS_A_SERVER), random, tally)
    progress(tally.run)
  }
  return tally
}

/** Runs statements on a server of their own until `end`, or until one has ended the connection. */
async function runSome(corpus: readonly string[], end: number, random: Random, tally: Tally): Promise<void> {
  let statement = ''
  let logins = 0
  const found = (what: string) =>
    void tally.findings.push({ what: `${what}\n    ${statement.slice(0, 2000)}`, where: `statement ${tally.run}` })
  await using server = await startSqlServer({
    saPassword: PASSWORD,
    databases: ['Fuzz'],
    journal(entry) {
      const text = JSON.stringify(entry)
      if (entry.type === 'login') logins += 1
      if (text.includes(PASSWORD)) found(`a password in the journal: ${text}`)
      if (entry.type !== 'internal-error') return
      if ('spid' in entry) tally.limits.set(String(entry.text), statement)
      else found(`internal error: ${text}`)
    },
  })
  await server.execute('Fuzz', SETUP)
  for (const statement of corpus.filter((text) => MAKES.test(text))) await outcomeOf(server.execute('Fuzz', statement))
  const config = { ...server.clientConfig, database: 'Fuzz', requestTimeout: 0, pool: { max: 1 } }
  await using pools = new AsyncDisposableStack()
  const pool = pools.adopt(await new sql.ConnectionPool(config).connect(), (open) => open.close())
  await pool.query('SELECT 1')
  const loginsOfPool = logins
  let outcome: Outcome = {}
  for (; tally.run < end; tally.run++) {
    const next = mutateStatement(corpus, random.fork(`statement ${tally.run}`))
    // The pool asks its connection before it hands it out: one that was lost has been opened anew by then.
    await pool.query('SELECT 1')
    if (logins > loginsOfPool) break
    statement = next
    outcome = await outcomeOf(runFor(PATIENCE_MS, pool, statement))
    if (outcome.code === 'ECANCEL') tally.cancelled += 1
    else if (outcome.number !== undefined) tally.errors.set(outcome.number, (tally.errors.get(outcome.number) ?? 0) + 1)
    else if (outcome.code === undefined) tally.succeeded += 1
    else if (!CLOSES.test(statement)) found(`${outcome.code}: ${outcome.text}`)
  }
  if (logins > loginsOfPool && (outcome.severity ?? 0) < 20 && !CLOSES.test(statement)) found('the connection was lost')
}

/** The client's own time-out ends with the first bytes of an answer; a loop that answers without end is cancelled all the same. */
async function runFor(limitMs: number, pool: sql.ConnectionPool, statement: string): Promise<void> {
  const request = pool.request()
  const timer = setTimeout(() => request.cancel(), limitMs)
  try {
    await request.batch(statement)
  } finally {
    clearTimeout(timer)
  }
}

interface Outcome {
  readonly number?: number
  readonly severity?: number
  readonly code?: string | undefined
  readonly text?: string
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  try {
    await work
    return {}
  } catch (error) {
    // What the server says without a client is an error with a number, too.
    if (!(error instanceof Error)) throw error
    const { number, code, message } = error as Partial<sql.RequestError> & Error
    const severity = 'class' in error ? Number(error.class) : 0
    return { ...(number === undefined ? {} : { number }), severity, code, text: message }
  }
}
