/** What hierarchyid does with paths. */
import { hierarchyError, type Level, type Path } from './hierarchy-id.ts'

/** Undefined where the path has not so many levels. */
export function ancestor(path: Path, levels: number): Path | undefined {
  if (levels < 0) throw hierarchyError('24011: SqlHierarchyId.GetAncestor failed because "n" was negative.')
  return levels > path.length ? undefined : path.slice(0, path.length - levels)
}

const startsWith = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((level, i) => compareLevels(level, path[i] ?? []) === 0)

export const isDescendant = (path: Path, of: Path): boolean => startsWith(path, of)

export function reparented(path: Path, from: Path, to: Path): Path {
  if (!startsWith(path, from))
    throw hierarchyError(
      "24009: SqlHierarchyId.GetReparentedValue failed because 'oldRoot' was not an ancestor node of 'this'.",
    )
  return [...to, ...path.slice(from.length)]
}

/** A child of the path between two of its children, either of which may not be. */
export function descendant(path: Path, before: Path | undefined, after: Path | undefined): Path {
  const own = (child: Path | undefined, name: string): Level | undefined => {
    if (!child) return undefined
    if (child.length !== path.length + 1 || !startsWith(child, path))
      throw hierarchyError(`24007: SqlHierarchyId.GetDescendant failed because '${name}' must be a child of 'this'.`)
    return child.at(-1)
  }
  const low = own(before, 'child1')
  const high = own(after, 'child2')
  if (low && high && compareLevels(low, high) >= 0)
    throw hierarchyError("24006: SqlHierarchyId.GetDescendant failed because 'child1' must be less than 'child2'.")
  return [...path, between(low, high)]
}

function between(low: Level | undefined, high: Level | undefined): Level {
  if (!low) return high ? [(high[0] ?? 1n) - 1n] : [1n]
  if (!high) return [(low[0] ?? 0n) + 1n]
  let at = 0
  while (at < low.length && at < high.length && low[at] === high[at]) at += 1
  const same = low.slice(0, at)
  const a = low[at]
  const z = high[at]
  // One label leads on from the other: below the first label of the longer one.
  if (a === undefined) return [...same, (z ?? 1n) - 1n]
  if (z === undefined || z - a > 1n) return [...same, a + 1n]
  // Neighbours: behind what the lower one leads on to.
  const rest = low.slice(at + 1)
  return [...same, a, ...(rest.length === 0 ? [1n] : [(rest[0] ?? 0n) + 1n])]
}

/** As the bits sort: `/1/` before `/1.1/` before `/2/`. */
function compareLevels(a: Level, z: Level): number {
  for (let i = 0; i < a.length && i < z.length; i += 1) {
    const [x, y] = [a[i] ?? 0n, z[i] ?? 0n]
    if (x !== y) return x < y ? -1 : 1
  }
  return a.length - z.length
}
