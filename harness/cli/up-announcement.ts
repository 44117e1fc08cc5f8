import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlScope } from '../host/control-verbs.ts'
import { endpointsOf, infoOf } from '../host/controlled-run.ts'
import { ANY_HOST } from '../landscape/kind.ts'
import { type Landscape, OPERATOR } from '../landscape/landscape.ts'
import { durationText } from '../report/run-record.ts'
import { differences, type UpState } from './reload-differences.ts'
import { upText } from './up-text.ts'
import type { Upkeep } from './upkeep.ts'
import type { Cli } from './verb.ts'

export interface Announcement {
  readonly upkeep: Upkeep
  readonly scope: Omit<ControlScope, 'subscribe'>
  readonly json: boolean
  readonly isolated: boolean
  /** Which components are real, what of them is to be known, and which have not started although they stand. */
  readonly refusals?: readonly string[]
  /** It runs in the background; its output goes there. */
  readonly log?: string | undefined
  /** What was up until it was reloaded: only what is different is told then. */
  readonly before?: UpState | undefined
}

/** Says what is up and how to reach it, and writes the root's certificate where it can be found. */
export async function announceUp({ output }: Cli, announcement: Announcement): Promise<UpState | undefined> {
  const { upkeep, scope, json, isolated, refusals = [], log, before } = announcement
  const run = upkeep.current
  if (!run) return undefined
  const operator = run.host(OPERATOR)
  const rootFile = join(scope.folder, 'root-ca.pem')
  writeFileSync(rootFile, await operator.trusted(), { mode: 0o600 })
  const info = infoOf(run, scope)
  // In a large landscape ports are opened for who asks for their host: after this they all stand.
  const names = await operator.names()
  const endpoints = endpointsOf(run, OPERATOR)
  const state = { landscape: run.landscape, endpoints }
  if (json)
    output.write(`${JSON.stringify({ type: 'up', info, endpoints, names: Object.fromEntries(names), rootFile })}\n`)
  else if (before) {
    const notes = refusals.map((refusal) => `note: ${refusal}\n`)
    output.write(
      `reloaded in ${durationText(run.readyMs)}: ${differences(before, state).join('; ')}\n${notes.join('')}`,
    )
  } else {
    const sampleHost = asker(run.landscape)
    output.write(
      `${upText({ info, endpoints, names, rootFile, sampleHost, isolated, refusals, log }, output.colour, output.live ? output.columns() : undefined)}\n`,
    )
  }
  return state
}

/** A host that asks others and is asked by none: what a person would want to look from. */
function asker({ hosts, flows }: Landscape): string {
  // Every host asks a name server: that makes none an asker.
  const across = flows.filter((flow) => flow.from !== flow.to && flow.fromKind !== ANY_HOST)
  const asked = new Set(across.map((flow) => flow.to))
  return across.find((flow) => !asked.has(flow.from))?.from ?? hosts[0]?.name ?? OPERATOR
}
