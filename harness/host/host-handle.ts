import type { JournalEntry } from '../context/events.ts'
import type { Json, JsonObject } from '../context/json.ts'
import type { Observation } from '../probes/observation.ts'
import type { HostFile } from './list-host-files.ts'

/** Requests to one host: data in, data out. */
export interface HostHandle {
  readonly name: string
  /** A process of this machine in whose network the host lives, where that is a network of its own. */
  readonly networkProcess?: number | undefined
  probe(name: string, input: JsonObject, signal?: AbortSignal): Promise<Observation>
  call(kind: string, action: string, input: JsonObject, signal?: AbortSignal): Promise<Json>
  journal(kind?: string, afterSequence?: number): Promise<readonly JournalEntry[]>
  /** Stops a component; its ports refuse. */
  stop(kind: string): Promise<void>
  /** Starts it (again), with other settings if given. */
  start(kind: string, settings?: JsonObject, signal?: AbortSignal): Promise<void>
  /** Host name → address as this host sees it: its hosts file. */
  names(): Promise<ReadonlyMap<string, string>>
  /** PEM bundle of what this host trusts. */
  trusted(): Promise<string>
  /** Its files below a folder (`C:/Usercube/Work`), or all of them; at most 10,000. */
  files(folder?: string): Promise<readonly HostFile[]>
}
