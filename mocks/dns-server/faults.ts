import { z } from 'zod'
import type { Question } from './message/question.ts'
import { queryTypes } from './message/response-codes.ts'
import { domainName, recordTypes } from './zone/record.ts'

/** Wrong answers that can be ordered at once; each order for a name replaces the one before. */
const MAX_ORDERS = 1_000

export const wrongAnswers = ['servfail', 'refused', 'nxdomain', 'silent', 'truncated', 'address', 'alias'] as const

export const wrongAnswer = z
  .strictObject({
    how: z.enum(wrongAnswers).describe('silent: none at all; address, alias: what `data` says; truncated: over UDP'),
    name: domainName.optional().describe('a name without a dot stands in the zone; left out: whatever is asked'),
    type: z.enum(recordTypes).optional().describe('only questions of this type'),
    data: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('the IPv4 address, or the host that it is of; the alias’ target'),
    from: z.string().optional().describe('only questions of this host'),
    order: z
      .string()
      .max(100)
      .optional()
      .describe('names the order; one without a name replaces the last for its name'),
    times: z.int().min(1).max(1_000_000).optional().describe('left out: always'),
  })
  .refine(({ how, data }) => (data !== undefined) === (how === 'address' || how === 'alias'), {
    path: ['data'],
    message: 'goes with address and alias, and with nothing else',
  })

export type WrongAnswer = z.output<typeof wrongAnswer>

/** The wrong answers that were ordered. */
export class AnswerFaults {
  /** By the order's own name, or else by the name that it is for. */
  readonly #orders = new Map<string, { readonly key: string; readonly order: WrongAnswer; left: number }>()

  /** `name` in full and lower case; undefined for every question. */
  put(name: string | undefined, order: WrongAnswer): void {
    const place = placeOf(name, order.order)
    this.#orders.delete(place)
    const [oldest] = this.#orders.keys()
    if (this.#orders.size >= MAX_ORDERS && oldest !== undefined) this.#orders.delete(oldest)
    this.#orders.set(place, { key: name ?? '', order, left: order.times ?? Number.POSITIVE_INFINITY })
  }

  /** Ends the order called so, else the one without a name of its own that is for a name, else all. */
  end(name?: string, order?: string): void {
    if (name === undefined && order === undefined) this.#orders.clear()
    else this.#orders.delete(placeOf(name, order))
  }

  list(): readonly WrongAnswer[] {
    return [...this.#orders.values()].map(({ order }) => order)
  }

  /** What is wrong with the answer to this question, and counts it: an order for its name before one for all, the last first. */
  take({ key, type }: Question, asker: string): WrongAnswer | undefined {
    const fitting = [...this.#orders].filter(
      ([, { order }]) =>
        (order.type === undefined || queryTypes[order.type] === type) &&
        (order.from === undefined || order.from === asker),
    )
    const found =
      fitting.findLast(([, entry]) => entry.key === key) ?? fitting.findLast(([, entry]) => entry.key === '')
    if (!found) return undefined
    const [place, entry] = found
    if (--entry.left <= 0) this.#orders.delete(place)
    return entry.order
  }
}

const placeOf = (name: string | undefined, order: string | undefined): string =>
  order === undefined ? `for ${name ?? ''}` : `order ${order}`
