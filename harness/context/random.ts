import { createHash, randomInt } from 'node:crypto'

/** A reproducible source of choices: the same seed gives the same run. Never for keys or tokens. */
export interface Random {
  readonly seed: number
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, limit). */
  below(limit: number): number
  /** A source of its own for a named part, so that one part's draws never shift another's. */
  fork(name: string): Random
}

export const newSeed = (): number => randomInt(2 ** 32)

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  // Mulberry32: 32 bits of state are plenty for choices, and a run replays from one printed number.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    seed,
    next,
    below: (limit) => Math.floor(next() * limit),
    fork: (name) => seededRandom(createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0)),
  }
}
