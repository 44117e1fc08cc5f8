import type { NameRecord } from './message.ts'

/** Longer chains of aliases nobody follows (glibc's resolver: 16). */
const LONGEST_CHAIN = 16

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/**
 * The records of a name, and of the name that it stands for, along its aliases (RFC 1034 section 3.6.2). A record of anybody else has
 * nothing to do with the question, whoever put it into the answer.
 */
export function recordsOfName(name: string, records: readonly NameRecord[]): readonly NameRecord[] {
  const found: NameRecord[] = []
  let owner = name
  for (let links = 0; links <= LONGEST_CHAIN; links++) {
    const own = records.filter((record) => same(record.name, owner))
    found.push(...own)
    const alias = own.find(({ type }) => type === 'CNAME')
    if (typeof alias?.data !== 'string') return found
    owner = alias.data
  }
  // A chain without an end leads nowhere.
  return found.filter(({ type }) => type === 'CNAME')
}
