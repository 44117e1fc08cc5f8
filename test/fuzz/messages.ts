import type { Random } from '../../harness/context/random.ts'
import { type LocalSqlServer, startSqlServer } from '../../mocks/sql-server/index.ts'
import { faultOfAnswer } from './answer.ts'
import type { Finding } from './finding.ts'
import { openLine } from './line.ts'
import { mutateMessage } from './mutate-bytes.ts'
import { recordClients } from './record.ts'
import { type ProtocolState, statesOf } from './states.ts'

const MESSAGES_A_LINE = 4
const LINES_AT_ONCE = 16
/** A server that has not closed by then, after its client has, hangs. */
const CLOSE_WITHIN_MS = 20_000
const PASSWORD = 'Fuzz-2026-secret!'

export interface MessagesDone {
  /** State → messages sent in it. */
  readonly sent: ReadonlyMap<string, number>
  readonly findings: readonly Finding[]
}

/** Sends `count` changed messages in every state of the protocol in turn, and looks at what the server makes of them. */
export async function fuzzMessages(
  count: number,
  random: Random,
  progress: (sent: number) => void,
): Promise<MessagesDone> {
  const findings: Finding[] = []
  const sent = new Map<string, number>()
  let current = ''
  await using server = await startSqlServer({
    saPassword: PASSWORD,
    journal(entry) {
      const text = JSON.stringify(entry)
      if (entry.type === 'internal-error') findings.push({ what: `internal error: ${text}`, where: current })
      if (text.includes(PASSWORD)) findings.push({ what: `a password in the journal: ${text}`, where: current })
    },
  })
  const states = statesOf(await recordClients(server))
  const lines = Math.ceil(count / MESSAGES_A_LINE)
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < lines) {
      const number = started++
      const state = states[number % states.length]
      if (!state) return
      const where = `line ${number}, ${state.name}`
      current = where
      const fault = await tryLine(server, state, random.fork(`line ${number}`))
      if (fault !== undefined) findings.push({ what: fault, where })
      sent.set(state.name, (sent.get(state.name) ?? 0) + MESSAGES_A_LINE)
      progress(Math.min(count, (number + 1) * MESSAGES_A_LINE))
    }
  }
  await Promise.all(Array.from({ length: LINES_AT_ONCE }, worker))
  const left = server.listSessions().length
  if (left > 0) findings.push({ what: `${left} sessions are left behind by closed connections`, where: 'at the end' })
  if (server.errorLog().join('\n').includes(PASSWORD))
    findings.push({ what: 'a password in the ERRORLOG', where: 'at the end' })
  return { sent, findings }
}

/** One connection with changed messages in it. What is wrong with what came back, if anything. */
async function tryLine(server: LocalSqlServer, state: ProtocolState, random: Random): Promise<string | undefined> {
  const line = await openLine(server.port, state.line)
  await state.reach(line)
  for (let i = 0; i < MESSAGES_A_LINE; i++) line.send(mutateMessage(state.next(random), random))
  const answer = await line.finish(CLOSE_WITHIN_MS)
  if (!answer) return `the server kept the connection for ${CLOSE_WITHIN_MS} ms after its client had closed it`
  return state.line === 'plain' && state.name !== 'TLS handshake' ? faultOfAnswer(answer) : undefined
}
