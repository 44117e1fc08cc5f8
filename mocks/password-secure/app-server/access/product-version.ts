const numbersOf = (version: string): readonly number[] =>
  version.split('.').map((part) => Number.parseInt(part, 10) || 0)

/** Whether a client's version lies after the server's: such a client cannot connect (facts, section 1.1). */
export function isNewer(client: string, server: string): boolean {
  const own = numbersOf(server)
  const theirs = numbersOf(client)
  for (let index = 0; index < Math.max(own.length, theirs.length); index++) {
    const difference = (theirs[index] ?? 0) - (own[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
