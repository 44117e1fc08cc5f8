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
    times: z.int().min(1).max(1_000_000).optional().describe('left out: always'),
  })
  .refine(({ how, data }) => (data !== undefined) === (how === 'address' || how === 'alias'), {
    path: ['data'],
    message: 'goes with address and alias, and with nothing else',
  })

export type WrongAnswer = z.output<typeof wrongAnswer>

/** The wrong answers that were ordered, by name. */
export class AnswerFaults {
  readonly #orders = new Map<string, { readonly order: WrongAnswer; left: number }>()

  /** `name` in full and lower case; undefined for every question. */
  put(name: string | undefined, order: WrongAnswer): void {
    const key = name ?? ''
    this.#orders.delete(key)
    const [oldest] = this.#orders.keys()
    if (this.#orders.size >= MAX_ORDERS && oldest !== undefined) this.#orders.delete(oldest)
    this.#orders.set(key, { order, left: order.times ?? Number.POSITIVE_INFINITY })
  }

  end(name?: string): void {
    if (name === undefined) this.#orders.clear()
    else this.#orders.delete(name)
  }

  list(): readonly WrongAnswer[] {
    return [...this.#orders.values()].map(({ order }) => order)
  }

  /** What is wrong with the answer to this question, and counts it. */
  take({ key, type }: Question): WrongAnswer | undefined {
    for (const place of [key, '']) {
      const found = this.#orders.get(place)
      if (!found || (found.order.type !== undefined && queryTypes[found.order.type] !== type)) continue
      if (--found.left <= 0) this.#orders.delete(place)
      return found.order
    }
    return undefined
  }
}
