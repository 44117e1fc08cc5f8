import type { KeyObject } from 'node:crypto'
import type {
  Collection,
  CollectionAnswer,
  JobReport,
  OrderList,
  OrderReport,
  ReportAnswer,
} from '../../protocol/agent-messages.ts'

/** What an agent says to its server: over HTTPS, or, within the server's process, by calls. Throws `AgentStepFailed`. */
export interface AgentLink {
  /** The public key that the server decrypts with. */
  serverKey(): Promise<KeyObject>
  collect(sent: Collection): Promise<CollectionAnswer>
  /** What waits for this agent. */
  orders(): Promise<OrderList>
  reportOrders(report: OrderReport): Promise<ReportAnswer>
  /** `signal` ends the attempt where less time is given than a client here has patience. */
  reportJob(report: JobReport, signal?: AbortSignal): Promise<ReportAnswer>
}
