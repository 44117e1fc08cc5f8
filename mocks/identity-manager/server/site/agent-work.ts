import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { DecryptionFailed, decrypt, encrypt } from '../../encryption/encrypted-file.ts'
import { INTEGRATED_IDENTIFIER } from '../../protocol/agent-api.ts'
import type {
  Collection,
  CollectionAnswer,
  JobReport,
  OrderList,
  OrderReport,
  ReportAnswer,
  SessionAnswer,
  SessionRequest,
} from '../../protocol/agent-messages.ts'
import type { AgentRefusalCode } from '../../protocol/agent-refusal.ts'
import type { Site } from './router.ts'

/** The server says no to an agent. */
export class AgentRefused extends Error {
  override readonly name = 'AgentRefused'
  readonly code: AgentRefusalCode

  constructor(code: AgentRefusalCode) {
    super(code)
    this.code = code
  }
}

/** What the server does for agents. Every call names the client whose token it came with, or who asks within the process. */
export interface AgentWork {
  openSession(client: string, request: SessionRequest): Promise<SessionAnswer>
  collect(client: Asking, sent: Collection): Promise<CollectionAnswer>
  orders(client: Asking, agent: string): Promise<OrderList>
  reportOrders(client: Asking, report: OrderReport): Promise<ReportAnswer>
  reportJob(client: Asking, report: JobReport): Promise<ReportAnswer>
}

/** In place of a client: the agent that the server runs itself, which shows no token. */
export const WITHIN_THE_PROCESS = Symbol('within the process')

type Asking = string | typeof WITHIN_THE_PROCESS

const FOLDER_NAME = /^\w[\w -]{0,127}$/

const certificateRow = z.object({ EncryptionCertificate: z.string().nullable() })

export function agentWork({ host, options, keys, database, registrations, files, orders, work }: Site): AgentWork {
  const known = (client: Asking, agent: string): void => {
    if (client === WITHIN_THE_PROCESS) return
    if (agent.toLowerCase() === INTEGRATED_IDENTIFIER.toLowerCase()) throw new AgentRefused('reserved-identifier')
    if (!registrations.agents.has(agent)) throw new AgentRefused('unknown-agent')
    const owner = registrations.agentOf(client.split('@', 1)[0] ?? '')
    if (owner !== undefined && owner !== agent) throw new AgentRefused('other-agents-client')
  }
  /** The agent's public key, of its session. It lies in the database: every server of a farm knows it. */
  const certificateOf = async (client: Asking, agent: string): Promise<X509Certificate> => {
    known(client, agent)
    // Both halves of the process have the one key pair.
    if (client === WITHIN_THE_PROCESS) return keys.encryption.certificate
    const [row] = await database.query('SELECT EncryptionCertificate FROM UM_Agent WHERE Identifier = @agent;', {
      agent,
    })
    const pem = row === undefined ? null : certificateRow.parse(row).EncryptionCertificate
    if (pem === null) throw new AgentRefused('no-session')
    return new X509Certificate(pem)
  }
  return {
    async openSession(client, { agentIdentifier: agent, applicationUri, encryptionCertificate }) {
      known(client, agent)
      if (originOf(applicationUri) !== options.applicationUri.origin) throw new AgentRefused('application-uri-mismatch')
      if (!isRsaCertificate(encryptionCertificate)) throw new AgentRefused('bad-request')
      await database.query(
        `UPDATE UM_Agent SET EncryptionCertificate = @certificate WHERE Identifier = @agent;
IF @@ROWCOUNT = 0 INSERT UM_Agent (Identifier, EncryptionCertificate) VALUES (@agent, @certificate);`,
        { agent, certificate: encryptionCertificate },
      )
      host.journal('agent-session', { agent, client })
      return {
        applicationUri: options.applicationUri.origin,
        encryptionCertificate: keys.encryption.certificate.toString(),
      }
    },

    async collect(client, { agentIdentifier: agent, connector, entityType, mode, fileName, content }) {
      await certificateOf(client, agent)
      // They become folders.
      if (![agent, connector].every((name) => FOLDER_NAME.test(name))) throw new AgentRefused('bad-request')
      const plain = await readable(() => decrypt(content, keys.encryption.privateKey))
      const rows = Math.max(
        0,
        plain
          .toString('utf8')
          .split('\n')
          .filter((line) => line.trim() !== '').length - 1,
      )
      const stored = `Synchronization/${agent}/${connector}/${fileName}`
      await files.write(`${work}/Synchronization/${agent}/${connector}`, fileName, plain)
      host.journal('collection-received', { agent, connector, entityType, mode, rows })
      return { rows, storedAs: stored }
    },

    async orders(client, agent) {
      const { publicKey } = await certificateOf(client, agent)
      const waiting = await orders.waitingFor(agent)
      return {
        orders: await Promise.all(
          waiting.map(async ({ id, content }) => ({ id, content: await encrypt(content, publicKey) })),
        ),
      }
    },

    async reportOrders(client, { agentIdentifier: agent, results }) {
      known(client, agent)
      const accepted = await orders.report(agent, results)
      host.journal('orders-reported', { agent, accepted, sent: results.length })
      return { accepted }
    },

    async reportJob(client, { agentIdentifier: agent, job, instance, state, message }) {
      known(client, agent)
      await database.query(
        `UPDATE UM_JobInstance SET State = @state, Message = @message WHERE Id = @instance AND Agent = @agent;
IF @@ROWCOUNT = 0 INSERT UM_JobInstance (Id, Agent, Job, State, Message) VALUES (@instance, @agent, @job, @state, @message);`,
        { instance, agent, job, state, message: message ?? null },
      )
      host.journal('job-reported', { agent, job, state })
      return { accepted: 1 }
    },
  }
}

async function readable(read: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof DecryptionFailed) throw new AgentRefused('not-readable')
    throw error
  }
}

/** Compared without its end: `https://im1` is `https://im1/`. */
function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined
}

function isRsaCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.asymmetricKeyType === 'rsa'
  } catch {
    // What is no certificate is no RSA certificate.
    return false
  }
}
