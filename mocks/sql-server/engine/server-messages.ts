/** sys.messages: the few of the server's own that applications raise by number, and those that sp_addmessage has added. */

export interface ServerMessage {
  readonly text: string
  readonly severity: number
  readonly logged: boolean
}

const own = (text: string): ServerMessage => ({ text, severity: 16, logged: false })

const known: readonly (readonly [number, ServerMessage])[] = [
  [14262, own("The specified %s ('%s') does not exist.")],
  [15009, own("The object '%s' does not exist in database '%s' or is invalid for this operation.")],
  [15097, own('The size associated with an extended property cannot be more than 7,500 bytes.')],
  [15600, own("An invalid parameter or option was specified for procedure '%s'.")],
]

/** Up to here numbers belong to the server. */
export const lastOwnMessage = 50_000

export class ServerMessages {
  readonly #messages = new Map(known)

  get(number: number): ServerMessage | undefined {
    return this.#messages.get(number)
  }

  set(number: number, message: ServerMessage): void {
    this.#messages.set(number, message)
  }

  drop(number: number): boolean {
    return this.#messages.delete(number)
  }

  all(): Iterable<readonly [number, ServerMessage]> {
    return this.#messages
  }
}
