import { codeOf, messageOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { decrypt } from '../../encryption/encrypted-file.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import { type OrderReport, provisioningOrder } from '../../protocol/agent-messages.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import type { WorkFiles } from '../files/work-files.ts'
import type { AgentLink } from '../server-link/agent-link.ts'

export interface OrderingOptions {
  readonly host: ComponentHost
  readonly configuration: AgentConfiguration
  readonly files: WorkFiles
  readonly link: AgentLink
  readonly key: KeyPair
}

export interface OrderResult {
  readonly id: string
  readonly state: 'Executed' | 'Error'
  readonly file?: string
  readonly message?: string
}

/**
 * Fetches the orders that wait for this agent, executes each, and reports them together. Executing one puts it, encrypted, into
 * `Work/ProvisioningOrders/Downloaded`: what managed systems would do with it is not modelled.
 */
export async function fetchOrders(options: OrderingOptions): Promise<readonly OrderResult[]> {
  const { host, configuration, link } = options
  const { AgentIdentifier: agentIdentifier } = configuration
  const { orders } = await link.orders()
  const results: OrderResult[] = []
  for (const { id, content } of orders) results.push(await execute(options, id, content))
  if (results.length > 0) {
    const report: OrderReport = {
      agentIdentifier,
      results: results.map(({ id, state, message }) => ({ id, state, ...(message === undefined ? {} : { message }) })),
    }
    const { accepted } = await link.reportOrders(report)
    host.journal('orders-reported', { orders: results.length, accepted })
  }
  return results
}

async function execute({ host, files, key }: OrderingOptions, id: string, content: string): Promise<OrderResult> {
  const failed = (code: string, message: string): OrderResult => {
    host.journal('order-failed', { id, code })
    return { id, state: 'Error', message: `${code}: ${message}`.slice(0, 2_000) }
  }
  // An order's id becomes a file's name.
  if (!/^[\w-]{1,64}$/.test(id)) return failed('bad-request', 'The identifier of the order is no file name.')
  try {
    const plain = await decrypt(content, key.privateKey)
    const read = provisioningOrder.safeParse(JSON.parse(plain.toString()))
    if (!read.success || read.data.id !== id) return failed('bad-request', 'The order cannot be read.')
    const file = `Work/ProvisioningOrders/Downloaded/${id}.json`
    await files.write(file, plain)
    const { connector, resourceType, changeType } = read.data
    host.journal('order-executed', { id, connector, resourceType, changeType })
    return { id, state: 'Executed', file }
  } catch (error) {
    return failed(codeOf(error) ?? (error instanceof Error ? error.name : 'unknown'), messageOf(error))
  }
}
