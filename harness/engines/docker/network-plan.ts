import { networkInterfaces } from 'node:os'
import { HarnessError } from '../../context/error.ts'
import type { Random } from '../../context/random.ts'

/** A network in which every host has a fixed address. */
export interface NetworkPlan {
  /** CIDR. */
  readonly subnet: string
  /** Where the machine itself stands in it. */
  readonly gateway: string
  /** Host → address. */
  readonly addresses: Readonly<Record<string, string>>
}

/** Addresses from `base` on, as many as a network's prefix leaves. */
export interface AddressBlock {
  readonly base: number
  readonly size: number
}

/** 198.18.0.0/15: kept for tests of network devices (RFC 2544), and so nobody's network. */
const FIRST = 198 * 2 ** 24 + 18 * 2 ** 16
const SIZE = 2 ** 17
const SMALLEST_BLOCK = 2 ** 8
/** Network, gateway and broadcast address. */
export const NO_HOSTS = 3

/** The blocks in which a network for so many hosts can be, each once, beginning at one by chance. */
export function* addressBlocks(hosts: number, random: Random): Generator<AddressBlock> {
  const size = blockFor(hosts)
  const count = SIZE / size
  const start = random.below(count)
  for (let turn = 0; turn < count; turn++) yield { base: FIRST + ((start + turn) % count) * size, size }
}

function blockFor(hosts: number): number {
  const needed = 2 ** Math.ceil(Math.log2(hosts + NO_HOSTS))
  if (needed > SIZE) throw new HarnessError('start-failed', `${hosts} hosts are more than a network holds`)
  return Math.max(SMALLEST_BLOCK, needed)
}

export function networkPlan({ base, size }: AddressBlock, hosts: readonly string[]): NetworkPlan {
  return {
    subnet: `${addressText(base)}/${32 - Math.log2(size)}`,
    gateway: addressText(base + 1),
    addresses: Object.fromEntries(hosts.map((host, index) => [host, addressText(base + 2 + index)])),
  }
}

const inBlock = (address: string, { base, size }: AddressBlock): boolean => {
  const number = addressNumber(address)
  return number >= base && number < base + size
}

/** A block that the machine is in already, by a network of its engine or another one. */
export const overlapsThisMachine = (block: AddressBlock): boolean =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, address }) => family === 'IPv4' && inBlock(address, block))

const addressText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

export const addressNumber = (text: string): number =>
  text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
