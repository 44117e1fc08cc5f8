import type { MessagePort } from 'node:worker_threads'
import type { Endpoint } from './endpoint.ts'

/** What the thread that holds dropped ports is asked; after each request its `signal` is counted up and notified. */
export type DropRequest =
  | { readonly kind: 'hold'; readonly id: number; readonly endpoints: readonly Endpoint[] }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'end' }

export type DropReply =
  | { readonly kind: 'done'; readonly id: number }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly endpoint: Endpoint
      readonly code: string
      readonly text: string
    }

export interface DropWorkerData {
  readonly requests: MessagePort
  readonly signal: Int32Array<SharedArrayBuffer>
}
