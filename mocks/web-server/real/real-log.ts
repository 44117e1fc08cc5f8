import type { JsonObject } from '../../../harness/context/json.ts'
import type { UpstreamFailure } from '../product.ts'
import type { Way } from '../upstreams.ts'

/** A request as the program's entry log has it. */
export interface RequestEntry {
  /** The model's address. */
  readonly client: string
  readonly method: string
  readonly url: string
  readonly status: number
  /** The application servers that were asked, in their order: `172.18.0.3:11016`, `https://app1.corp.example:11016`. */
  readonly upstreams: readonly string[]
  /** Whether the last of them answered. */
  readonly answered: boolean
}

/** What a line of the error log says, as the simulated products' journals have it. */
export type LoggedError =
  | {
      readonly type: 'upstream-failed'
      readonly client: string
      /** Where the line tells what was asked for. */
      readonly way?: Way | undefined
      readonly upstream: string
      readonly failure: UpstreamFailure
    }
  | { readonly type: 'tls-handshake-failed' | 'bad-request'; readonly facts: JsonObject }

/** How a line that begins so is to be understood, and the code that says the same of a connection of ours. */
export type FailurePattern = readonly [pattern: RegExp, kind: UpstreamFailure['kind'], code: string]

/** What stands in a field that has nothing to say. */
export const orEmpty = (field: string | undefined): string => (field === undefined || field === '-' ? '' : field)

/** `GET /api/status HTTP/1.1`, as both programs escape it. */
export function requestLine(text = ''): { readonly method: string; readonly url: string } {
  const [, method = '', url = ''] = /^(\S+) (.*?)(?: HTTP\/[\d.]+)?$/.exec(text) ?? []
  return { method, url }
}

export function wayOf(url: string): Way | undefined {
  if (url.startsWith('/api')) return 'api'
  return url.startsWith('/realtime') ? 'realtime' : undefined
}
