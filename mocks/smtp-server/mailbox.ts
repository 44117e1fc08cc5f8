import type { StoredMail } from './actions.ts'
import type { ParsedMail } from './parsed-mail.ts'

export interface MailQuery {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly subject?: string | undefined
  readonly text?: string | undefined
  readonly afterId: number
  readonly limit: number
}

/** A mail as it came. Reading its content costs as much as taking it, and is done when somebody asks. */
export interface TakenMail {
  readonly envelope: Omit<StoredMail, 'id' | keyof ParsedMail>
  read(): Promise<ParsedMail>
}

interface KeptMail {
  readonly id: number
  readonly taken: TakenMail
  stored?: Promise<StoredMail>
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
  #mails: KeptMail[] = []
  #bytes = 0
  #lastId = 0
  readonly #waiting = new Set<() => void>()

  constructor(limits: MailboxLimits) {
    this.#limits = limits
  }

  hasRoomFor(bytes: number): boolean {
    return this.#mails.length < this.#limits.maxMails && this.#bytes + bytes <= this.#limits.maxBytes
  }

  add(taken: TakenMail): number {
    this.#lastId += 1
    this.#mails.push({ id: this.#lastId, taken })
    this.#bytes += taken.envelope.bytes
    for (const wake of [...this.#waiting]) wake()
    return this.#lastId
  }

  async search({
    from,
    to,
    subject,
    text,
    afterId,
    limit,
  }: MailQuery): Promise<{ total: number; mails: StoredMail[] }> {
    const mails = await Promise.all(this.#mails.filter(({ id }) => id > afterId).map(storedMail))
    const found = mails.filter(
      (mail) =>
        anyMatches([mail.from, mail.envelope.from], from) &&
        anyMatches([...mail.to, ...mail.envelope.to], to) &&
        matches(mail.subject, subject) &&
        anyMatches([mail.text, mail.html ?? ''], text),
    )
    return { total: found.length, mails: found.slice(0, limit) }
  }

  /** What `search` finds once it is at least so many, or when the signal fires. */
  async waitFor(query: MailQuery, atLeast: number, signal: AbortSignal) {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      // Before the search, which takes its time: a mail that comes meanwhile is not missed.
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
      try {
        const found = await this.search(query)
        if (found.total >= atLeast || signal.aborted) return found
        await promise
      } finally {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
      }
    }
  }

  clear(): number {
    const cleared = this.#mails.length
    this.#mails = []
    this.#bytes = 0
    return cleared
  }
}

function storedMail(kept: KeptMail): Promise<StoredMail> {
  kept.stored ??= kept.taken.read().then((content) => ({ id: kept.id, ...kept.taken.envelope, ...content }))
  return kept.stored
}
