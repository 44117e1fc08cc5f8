import type { CaseResult } from '../context/events.ts'
import type { StartOptions } from '../start-landscape.ts'

/** What the process of a run tells the one beside it: first what to start, then one case after the other. */
export type ToSidePlayer =
  | {
      readonly start: {
        readonly source: string
        readonly options: Omit<StartOptions, 'signal' | 'events' | 'sharedKeys'>
      }
    }
  | { readonly play: string }
  /** A private key of this run's first landscape, PKCS#8 PEM, for its own to use as well. Nothing is answered. */
  | { readonly key: string }

export type FromSidePlayer =
  | { readonly type: 'listening' }
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: CaseResult }
  /** It did not start, or something broke that is no result of a case. */
  | { readonly type: 'failed'; readonly message: string }
