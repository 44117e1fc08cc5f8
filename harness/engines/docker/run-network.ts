import { HarnessError, messageOf } from '../../context/error.ts'
import type { Random } from '../../context/random.ts'
import { withAdvice } from './engine-advice.ts'
import { addressBlocks, type NetworkPlan, networkPlan, overlapsThisMachine } from './network-plan.ts'
import { type Publisher, publisherFor } from './publisher.ts'
import type { Dockerode } from './runtime-client.ts'

/** A network of a run's own. */
export interface RunNetwork extends NetworkPlan {
  readonly name: string
  readonly publisher: Publisher
}

export interface NetworkWish {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly hosts: readonly string[]
  readonly random: Random
  readonly signal: AbortSignal
}

const TRIES = 64

/** Makes a network that no other one overlaps with: the engine refuses what is taken, and the next block is asked for. */
export async function makeRunNetwork(docker: Dockerode, wish: NetworkWish): Promise<RunNetwork> {
  const blocks = addressBlocks(wish.hosts.length, wish.random.fork('network'))
  let refusal: unknown
  for (const block of blocks.take(TRIES)) {
    wish.signal.throwIfAborted()
    if (overlapsThisMachine(block)) continue
    const plan = networkPlan(block, wish.hosts)
    try {
      await docker.createNetwork({
        Name: wish.name,
        CheckDuplicate: true,
        Labels: { ...wish.labels },
        IPAM: { Driver: 'default', Config: [{ Subnet: plan.subnet, Gateway: plan.gateway }] },
        // Hosts see one another and the machine, and nothing beyond.
        Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
      })
      return { name: wish.name, ...plan, publisher: await publisherFor(plan) }
    } catch (error) {
      if (!/overlap|in use|conflict/i.test(messageOf(error))) throw failed(withAdvice(messageOf(error)), error)
      refusal = error
    }
  }
  throw failed(`every block tried in 198.18.0.0/15 is taken (${messageOf(refusal)}); docker network prune`, refusal)
}

const failed = (reason: string, cause?: unknown): HarnessError =>
  new HarnessError('start-failed', `the landscape's network could not be made: ${reason}`, { cause })
