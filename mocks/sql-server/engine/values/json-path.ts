/** The paths of JSON functions: `lax $.a[0]."b c"`. */

import { SqlError } from '../sql-error.ts'
import { type JsonPart, jsonMembers, jsonRoot } from './json-text.ts'

export interface JsonPath {
  readonly strict: boolean
  readonly append: boolean
  readonly steps: readonly (string | number)[]
}

const paths = new Map<string, JsonPath>()
const maxPaths = 500

export function jsonPath(text: string): JsonPath {
  let path = paths.get(text)
  if (!path) {
    path = read(text)
    if (paths.size >= maxPaths) paths.clear()
    paths.set(text, path)
  }
  return path
}

const step = /\.(?:"((?:[^"\\]|\\.)*)"|([\p{L}_][\p{L}\p{N}_]*))|\[\s*(\d+)\s*\]/uy

function read(text: string): JsonPath {
  const mode = /^\s*(append\s+)?(?:(lax|strict)\s+)?/i.exec(text)
  let at = mode?.[0].length ?? 0
  const bad = (): SqlError =>
    new SqlError(
      13607,
      16,
      4,
      `JSON path is not properly formatted. Unexpected character '${text[at] ?? '.'}' is found at position ${at}.`,
    )
  if (text[at] !== '$') throw bad()
  at += 1
  const steps: (string | number)[] = []
  while (at < text.trimEnd().length) {
    step.lastIndex = at
    const found = step.exec(text)
    if (!found) throw bad()
    const [whole, quoted, plain, index] = found
    steps.push(index === undefined ? (plain ?? (quoted ?? '').replace(/\\(.)/g, '$1')) : Number(index))
    at += whole.length
  }
  return { strict: mode?.[2]?.toLowerCase() === 'strict', append: mode?.[1] !== undefined, steps }
}

export const notFound = (): SqlError =>
  new SqlError(13608, 16, 2, 'Property cannot be found on the specified JSON path.')

/** The value that a path leads to. In lax mode a way that ends early gives nothing, in strict mode an error. */
export function jsonAt(text: string, path: JsonPath, root: JsonPart = jsonRoot(text)): JsonPart | undefined {
  let at: JsonPart = root
  for (const key of path.steps) {
    const wanted = typeof key === 'number' ? 'array' : 'object'
    const next: JsonPart | undefined =
      at.kind === wanted ? jsonMembers(text, at).find((member) => member.key === key) : undefined
    if (!next) {
      if (path.strict) throw notFound()
      return undefined
    }
    at = next
  }
  return at
}
