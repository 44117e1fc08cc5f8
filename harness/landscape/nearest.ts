import { distance } from 'fastest-levenshtein'

/**
 * The known name that was most likely meant, undefined when none is near: at most a third of its letters differ, or two
 * letters changed places.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  // A hostile file may hold names of any length, and the distance costs the product of both lengths.
  if (name.length > 128) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase())
    const most = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
    const limit = sorted(name) === sorted(candidate) ? Math.max(2, most) : most
    if (steps <= limit && steps < bestDistance) {
      best = candidate
      bestDistance = steps
    }
  }
  return best
}

const MOST_NAMES_LISTED = 20

const sorted = (name: string): string => [...name.toLowerCase()].sort().join('')

/** What follows "there is no …": the nearest known name, else the sorted list of those that exist. */
export function suggestion(name: string, known: Iterable<string>, plural: string): string {
  const names = [...known]
  const near = nearest(name, names)
  if (near !== undefined) return `; did you mean "${near}"?`
  if (names.length === 0) return `; there are no ${plural}`
  return `; known ${plural}: ${listed(names)}`
}

/** Names in order, the first twenty of them. */
export function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, MOST_NAMES_LISTED).join(', ')
  return names.length > MOST_NAMES_LISTED ? `${shown}, … (${names.length} in all)` : shown
}
