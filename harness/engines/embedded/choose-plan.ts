import type { Landscape } from '../../landscape/landscape.ts'
import { pairCapabilities } from '../../network/pair-capabilities.ts'
import { findStranger } from '../../network/port-check.ts'
import { claimSlot } from '../../network/slot.ts'
import { type AddressPlan, mappedPlan, pairPlan } from './address-plan.ts'
import { inNamespace } from './namespace.ts'

export interface ChosenPlan extends AsyncDisposable {
  readonly plan: AddressPlan
  /** Why hosts are not where they are documented to be. */
  readonly note?: string
}

/** Pair addresses and documented ports where the platform has them, else the mapping. A stranger on a port is an error. */
export async function choosePlan(
  landscape: Landscape,
  forceMapping: boolean,
  signal: AbortSignal,
): Promise<ChosenPlan> {
  const components = landscape.hosts.flatMap((host) => host.components)
  const listens = components.flatMap((component) => component.listens)
  const ports = [...new Set(listens.map(({ port }) => port))]
  const tcpPorts = [...new Set(listens.flatMap(({ port, protocol }) => (protocol === 'tcp' ? [port] : [])))]
  const reason = forceMapping ? 'as asked' : await whatForbids(ports)
  if (reason !== undefined) {
    const note = `hosts are mapped to 127.0.0.1 and free ports: ${reason}`
    return { plan: mappedPlan(), note, async [Symbol.asyncDispose]() {} }
  }
  await using owned = new AsyncDisposableStack()
  const slot = owned.use(await claimSlot({ signal }))
  if (!inNamespace()) await refuseStrangers(tcpPorts, slot.next())
  const claimed = owned.move()
  return { plan: pairPlan(slot), [Symbol.asyncDispose]: () => claimed.disposeAsync() }
}

async function whatForbids(ports: readonly number[]): Promise<string | undefined> {
  const { pairAddresses, lowPorts } = await pairCapabilities()
  if (!pairAddresses) return 'this system has one loopback address only'
  if (!lowPorts && ports.some((port) => port < 1024)) return 'ports below 1024 are not this user’s'
  return undefined
}

/** A program on all addresses would answer where nothing of the landscape stands. */
async function refuseStrangers(ports: readonly number[], address: string): Promise<void> {
  const found = await Promise.all(ports.map((port) => findStranger(port, address)))
  const stranger = found.find((error) => error !== undefined)
  if (stranger) throw stranger
}
