import type { NetConnectOpts } from 'node:net'
import type { LoggedError, RequestEntry } from './real-log.ts'
import type { InnerListens, SiteFiles, SitePlan } from './site-plan.ts'

/** A line of an error log, read. */
export interface ErrorLine {
  /** Whether the product's own log has it at its default level; the others are for the journal. */
  readonly isShown: boolean
  readonly text: string
  readonly error: LoggedError | undefined
}

/** How a real program is spoken with. */
export interface RealProduct {
  /** As it stands in a search path. */
  readonly program: string
  readonly name: string
  /** facts.md 4.1. */
  readonly minimum: string
  readonly versionArgs: readonly string[]
  args(files: SiteFiles): readonly string[]
  configuration(plan: SitePlan): string
  /** Where it is to listen, for its own host alone. */
  listens(files: SiteFiles): Promise<InnerListens>
  dial(listen: string): NetConnectOpts
  readonly reloadSignal: NodeJS.Signals
  /** The error log says that it takes requests now. */
  isReady(text: string): boolean
  /** Ready, and what came before takes no new requests. */
  isReloaded(text: string): boolean
  /** It does not start, or keeps its old settings, because nobody told it where a name is. */
  isUnresolved(text: string): boolean
  errorLine(line: string): ErrorLine | undefined
  entry(line: string): RequestEntry | undefined
}
