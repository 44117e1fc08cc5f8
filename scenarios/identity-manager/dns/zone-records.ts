import type { Observation, ScenarioTools } from '../../../harness/scenario/index.ts'

export interface SeenRecord {
  readonly name: string
  readonly type: string
  readonly data: unknown
}

/** The records of a name server's answer; empty when there were none. */
export function recordsOf({ facts }: Observation): readonly SeenRecord[] {
  const { records } = facts
  return (Array.isArray(records) ? records : []).flatMap((record) =>
    typeof record === 'object' && record !== null && 'data' in record
      ? [{ name: String(record.name), type: String(record.type), data: record.data }]
      : [],
  )
}

/** A host's further name within the landscape's domain, in full. */
export const aliasOf = ({ hosts, domain }: ScenarioTools['landscape'], host: string): string | undefined =>
  hosts.find(({ name }) => name === host)?.aliases.find((alias) => alias.endsWith(`.${domain}`))
