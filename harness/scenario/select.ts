import { HarnessError } from '../context/error.ts'
import type { Case } from './cases.ts'

export interface Selection {
  /** Parts of case ids, `*` for anything; a case that one of them fits is taken. */
  readonly only?: readonly string[]
  /** `i/n`: the i-th of n nearly equal parts, counted from 1. */
  readonly shard?: string
}

/** The cases to run, in their order. */
export function select(cases: readonly Case[], { only = [], shard }: Selection): readonly Case[] {
  const patterns = only.map(asPattern)
  const taken = patterns.length === 0 ? cases : cases.filter(({ id }) => patterns.some((pattern) => pattern.test(id)))
  if (shard === undefined) return taken
  const { index, count } = parsedShard(shard)
  return taken.filter((_, position) => position % count === index - 1)
}

const asPattern = (text: string): RegExp => new RegExp(text.split('*').map(RegExp.escape).join('.*'), 'i')

function parsedShard(text: string): { readonly index: number; readonly count: number } {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? []
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new HarnessError('usage', `"${text}" is no shard: write i/n with 1 ≤ i ≤ n, such as 2/4`)
  }
  return { index, count }
}
