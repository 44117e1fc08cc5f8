import type { JsonObject } from '../context/json.ts'

/**
 * Who ended an attempt, read from the event that ended it and never from milliseconds: the peer (an answer, RST, FIN,
 * alert), the client library's own timer, the kernel's timer (ETIMEDOUT), the probe's deadline, or this side itself
 * (a name that does not resolve, a certificate that it does not accept).
 */
export type EndedBy = 'completed' | 'peer' | 'client-timer' | 'kernel-timer' | 'deadline' | 'local'

/** What a client reported, with its own code and words. */
export interface ClientError {
  /** The library or program that spoke: `net`, `tls`, `undici`, `ws`, `tedious`, `nodemailer`. */
  readonly client: string
  readonly code?: string
  readonly text: string
  /** Server's error number and state, where the protocol has them. */
  readonly number?: number
  readonly state?: number
  /** The text is the harness's, not the library's. */
  readonly ours?: true
}

/** What a probe saw: JSON-safe, complete in itself, ready for a report or a diagnosis elsewhere. */
export interface Observation {
  readonly probe: string
  /** The host asked from. */
  readonly from: string
  /** The name or address asked for, as given. */
  readonly to: string
  readonly port?: number
  /** When it began, ISO 8601, by the probing host's clock. */
  readonly at: string
  readonly durationMs: number
  readonly ok: boolean
  readonly ended: EndedBy
  /** What was learned, by layer: `address`, `tls`, `http`, `sql`, … */
  readonly facts: JsonObject
  readonly error?: ClientError
}
