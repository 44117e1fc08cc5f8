import { HarnessError } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { NameFault } from '../landscape/fault.ts'
import type { ComponentSpec, Landscape } from '../landscape/landscape.ts'

/** Calls an action of a component. */
export type CallAction = (host: string, kind: string, action: string, input: JsonObject) => Promise<Json>

/** Where the name servers of a landscape can be made to answer wrongly. */
export interface NamePlaces {
  answerWrongly(id: string, fault: NameFault): Promise<void>
  answerRightly(id: string): Promise<void>
}

/** Every name server of the landscape that runs; fails with `usage` where it has none. */
export function namePlaces(
  { name, nameServers }: Landscape,
  hosts: { isRunning(host: string, kind: string): boolean; readonly call: CallAction },
): NamePlaces {
  const all = async (action: string, input: JsonObject) => {
    const running = nameServers.filter(({ host, kind }) => hosts.isRunning(host, kind))
    await Promise.all(running.map(({ host, kind }) => hosts.call(host, kind, action, input)))
  }
  return {
    async answerWrongly(id, fault) {
      if (nameServers.length === 0) {
        throw new HarnessError('usage', `dns-answer: ${name} has no name server; give a host \`dns-server: {}\` to run`)
      }
      await all('answer-wrongly', orderOf(id, fault))
    },
    answerRightly: (id) => all('answer-rightly', { order: id }),
  }
}

/** A fault as a name server takes it. */
export const orderOf = (id: string, { answer, name, from, data }: NameFault): JsonObject => ({
  how: answer,
  order: id,
  ...(name === undefined ? {} : { name }),
  ...(from === undefined ? {} : { from }),
  ...(data === undefined ? {} : { data }),
})

/** What is asked of a component as soon as it stands: a name server answers as the landscape's deviations say. */
export function wrongFromTheStart(
  { host, kind }: Pick<ComponentSpec, 'host' | 'kind'>,
  { faults, nameServers }: Landscape,
): readonly (readonly [action: string, input: JsonObject])[] {
  if (!nameServers.some((server) => server.host === host && server.kind === kind)) return []
  const wrong = faults.filter((fault) => fault.fault === 'dns-answer')
  return wrong.map((fault, index) => ['answer-wrongly', orderOf(`deviation-${index + 1}`, fault)] as const)
}
