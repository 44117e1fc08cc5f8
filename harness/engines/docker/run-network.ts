import { networkInterfaces } from 'node:os'
import { HarnessError, messageOf } from '../../context/error.ts'
import type { Random } from '../../context/random.ts'
import type { Dockerode } from './runtime-client.ts'

/** A network of a run's own, in which every host has a fixed address. */
export interface RunNetwork {
  readonly name: string
  /** CIDR. */
  readonly subnet: string
  /** Where the machine itself stands in it. */
  readonly gateway: string
  /** Host → address. */
  readonly addresses: Readonly<Record<string, string>>
}

export interface NetworkWish {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly hosts: readonly string[]
  readonly random: Random
  readonly signal: AbortSignal
}

/** 198.18.0.0/15: kept for tests of network devices (RFC 2544), and so nobody's network. */
const FIRST = 198 * 2 ** 24 + 18 * 2 ** 16
const SIZE = 2 ** 17
const SMALLEST_BLOCK = 2 ** 8
/** Network, gateway and broadcast address. */
const NO_HOSTS = 3
const TRIES = 64

/** Makes a network that no other one overlaps with: the engine refuses what is taken, and the next block is asked for. */
export async function makeRunNetwork(docker: Dockerode, wish: NetworkWish): Promise<RunNetwork> {
  const block = blockFor(wish.hosts.length)
  const prefix = 32 - Math.log2(block)
  const count = SIZE / block
  const start = wish.random.fork('network').below(count)
  let refusal: unknown
  for (let turn = 0; turn < Math.min(count, TRIES); turn++) {
    wish.signal.throwIfAborted()
    const base = FIRST + ((start + turn) % count) * block
    const network = planAt(base, prefix, wish)
    if (isOnThisMachine(base, block)) continue
    try {
      await docker.createNetwork({
        Name: wish.name,
        CheckDuplicate: true,
        Labels: { ...wish.labels },
        IPAM: { Driver: 'default', Config: [{ Subnet: network.subnet, Gateway: network.gateway }] },
        // Hosts see one another and the machine, and nothing beyond.
        Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
      })
      return network
    } catch (error) {
      if (!/overlap|in use|conflict/i.test(messageOf(error))) throw failed(messageOf(error), error)
      refusal = error
    }
  }
  throw failed(`every block tried in 198.18.0.0/15 is taken (${messageOf(refusal)}); docker network prune`, refusal)
}

function blockFor(hosts: number): number {
  const needed = 2 ** Math.ceil(Math.log2(hosts + NO_HOSTS))
  if (needed > SIZE) throw failed(`${hosts} hosts are more than a network holds`)
  return Math.max(SMALLEST_BLOCK, needed)
}

function planAt(base: number, prefix: number, { name, hosts }: NetworkWish): RunNetwork {
  return {
    name,
    subnet: `${addressText(base)}/${prefix}`,
    gateway: addressText(base + 1),
    addresses: Object.fromEntries(hosts.map((host, index) => [host, addressText(base + 2 + index)])),
  }
}

/** A block that the machine is in already, by a network that is not the engine's. */
const isOnThisMachine = (base: number, block: number): boolean =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, address }) => family === 'IPv4' && inBlock(addressNumber(address), base, block))

const inBlock = (address: number, base: number, block: number): boolean => address >= base && address < base + block

const addressText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

const addressNumber = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const failed = (reason: string, cause?: unknown): HarnessError =>
  new HarnessError('start-failed', `the landscape's network could not be made: ${reason}`, { cause })
