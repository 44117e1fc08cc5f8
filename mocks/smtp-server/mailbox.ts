import type { StoredMail } from './actions.ts'

export interface MailQuery {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly subject?: string | undefined
  readonly text?: string | undefined
  readonly afterId: number
  readonly limit: number
}

export interface MailboxLimits {
  readonly maxMails: number
  readonly maxBytes: number
}

const matches = (value: string, wanted: string | undefined): boolean =>
  wanted === undefined || value.toLowerCase().includes(wanted.toLowerCase())

const anyMatches = (values: readonly string[], wanted: string | undefined): boolean =>
  wanted === undefined || values.some((value) => matches(value, wanted))

/** Every mail that was accepted, whoever it is for; bounded in number and bytes. */
export class Mailbox {
  readonly #limits: MailboxLimits
  #mails: StoredMail[] = []
  #bytes = 0
  #lastId = 0
  readonly #waiting = new Set<() => void>()

  constructor(limits: MailboxLimits) {
    this.#limits = limits
  }

  hasRoomFor(bytes: number): boolean {
    return this.#mails.length < this.#limits.maxMails && this.#bytes + bytes <= this.#limits.maxBytes
  }

  add(mail: Omit<StoredMail, 'id'>): StoredMail {
    this.#lastId += 1
    const stored = { id: this.#lastId, ...mail }
    this.#mails.push(stored)
    this.#bytes += mail.bytes
    for (const wake of [...this.#waiting]) wake()
    return stored
  }

  search({ from, to, subject, text, afterId, limit }: MailQuery): { total: number; mails: StoredMail[] } {
    const found = this.#mails.filter(
      (mail) =>
        mail.id > afterId &&
        anyMatches([mail.from, mail.envelope.from], from) &&
        anyMatches([...mail.to, ...mail.envelope.to], to) &&
        matches(mail.subject, subject) &&
        anyMatches([mail.text, mail.html ?? ''], text),
    )
    return { total: found.length, mails: found.slice(0, limit) }
  }

  /** What `search` finds once it is at least so many, or when the signal fires. */
  async waitFor(query: MailQuery, atLeast: number, signal: AbortSignal) {
    let found = this.search(query)
    while (found.total < atLeast && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
      await promise
      this.#waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      found = this.search(query)
    }
    return found
  }

  clear(): number {
    const cleared = this.#mails.length
    this.#mails = []
    this.#bytes = 0
    return cleared
  }
}
