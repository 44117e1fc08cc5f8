/** Faults of the connection itself, planned by who tests a client; each fires once and is journalled where it does. */

export type ResponseFault = (
  | { readonly kind: 'drop-at-token'; readonly tokens: number }
  | { readonly kind: 'drop-in-row'; readonly rows: number }
  | {
      readonly kind: 'error-after-rows'
      readonly rows: number
      readonly number: number
      readonly severity: number
      readonly text: string
    }
) & {
  /** Only a session of this login is hit. */
  readonly login?: string | undefined
  /** Only the answer to a request with this text in it; drivers and pools send requests of their own. */
  readonly matching?: string | undefined
}

/** Where clients are sent to: [MS-TDS] 2.2.7.9, type 20. */
export interface Routing {
  readonly host: string
  readonly port: number
  /** Only who asks with read-only intent goes there, as an availability group has it. */
  readonly readOnlyIntent: boolean
}

export class WireFaults {
  #holding = false
  readonly #held = new Set<() => void>()
  #handshakeCuts = 0
  readonly #responses: ResponseFault[] = []
  routing: Routing | undefined

  /** PRELOGIN gets no answer from now on: the server hangs, as one whose schedulers are stuck. */
  holdPrelogin(): void {
    this.#holding = true
  }

  /** Answers all that wait; gives how many they are. */
  releasePrelogin(): number {
    this.#holding = false
    const held = [...this.#held]
    this.#held.clear()
    for (const answer of held) answer()
    return held.length
  }

  /** Keeps an answer back while PRELOGIN is held. Gives what lets go of it, undefined when nothing is held. */
  keepPrelogin(answer: () => void): (() => void) | undefined {
    if (!this.#holding) return undefined
    this.#held.add(answer)
    return () => this.#held.delete(answer)
  }

  /** The next TLS handshake ends when the client's first flight has come. */
  cutNextHandshake(): void {
    this.#handshakeCuts += 1
  }

  takeHandshakeCut(): boolean {
    if (this.#handshakeCuts === 0) return false
    this.#handshakeCuts -= 1
    return true
  }

  /** Plans a fault for the next response that it fits; several wait in turn. */
  planResponse(fault: ResponseFault): void {
    this.#responses.push(fault)
  }

  /** The fault for a session's next response, which `take` makes its own when it fires. */
  responseFault(login: string, request: Buffer): ResponseFault | undefined {
    if (this.#responses.length === 0) return undefined
    return this.#responses.find(
      (fault) =>
        (fault.login ?? login).toLowerCase() === login.toLowerCase() &&
        (fault.matching === undefined || request.includes(fault.matching, 0, 'utf16le')),
    )
  }

  /** False when another response was faster. */
  take(fault: ResponseFault): boolean {
    const at = this.#responses.indexOf(fault)
    if (at === -1) return false
    this.#responses.splice(at, 1)
    return true
  }

  /** Forgets what has not fired, and answers who is kept waiting. */
  clear(): void {
    this.#handshakeCuts = 0
    this.#responses.length = 0
    this.routing = undefined
    this.releasePrelogin()
  }
}
