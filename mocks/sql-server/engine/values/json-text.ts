/** JSON as text: values are found by path and given as they are written, digits and blanks included. */

import { SqlError } from '../sql-error.ts'

export type JsonKind = 'null' | 'string' | 'number' | 'boolean' | 'array' | 'object'

/** A value inside a JSON text. */
export interface JsonPart {
  readonly kind: JsonKind
  readonly start: number
  readonly end: number
}

export interface JsonMember extends JsonPart {
  /** The property's name or the element's place. */
  readonly key: string | number
}

const blank = /[ \t\r\n]*/y
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids just these in strings
const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

const match = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}
const skip = (text: string, at: number): number => match(blank, text, at)

const malformed = (text: string, at: number): SqlError =>
  new SqlError(
    13609,
    16,
    at === 0 ? 1 : 4,
    `JSON text is not properly formatted. Unexpected character '${text[at] ?? '.'}' is found at position ${Math.min(at, text.length)}.`,
  )

const maxDepth = 128

/** The value that starts at a place; `visit` is told of each member of it, one level deep. */
function scan(text: string, at: number, depth: number, visit?: (member: JsonMember) => void): JsonPart {
  const start = skip(text, at)
  const first = text[start]
  if (depth > maxDepth)
    throw new SqlError(13606, 16, 1, `JSON text parser error: maximum nesting depth of ${maxDepth} is exceeded.`)
  if (first === '{' || first === '[') {
    const close = first === '{' ? '}' : ']'
    let next = skip(text, start + 1)
    if (text[next] === close) return { kind: first === '{' ? 'object' : 'array', start, end: next + 1 }
    for (let index = 0; ; index += 1) {
      let key: string | number = index
      if (first === '{') {
        const end = match(stringPattern, text, next)
        if (end === -1) throw malformed(text, next)
        if (visit) key = unquote(text.slice(next, end))
        next = skip(text, end)
        if (text[next] !== ':') throw malformed(text, next)
        next += 1
      }
      const part = scan(text, next, depth + 1)
      visit?.({ ...part, key })
      next = skip(text, part.end)
      if (text[next] === close) return { kind: first === '{' ? 'object' : 'array', start, end: next + 1 }
      if (text[next] !== ',') throw malformed(text, next)
      next = skip(text, next + 1)
    }
  }
  if (first === '"') {
    const end = match(stringPattern, text, start)
    if (end === -1) throw malformed(text, start)
    return { kind: 'string', start, end }
  }
  for (const word of ['true', 'false', 'null'] as const)
    if (text.startsWith(word, start))
      return { kind: word === 'null' ? 'null' : 'boolean', start, end: start + word.length }
  const end = match(numberPattern, text, start)
  if (end === -1) throw malformed(text, start)
  return { kind: 'number', start, end }
}

/** The whole text as one value, checked to its end. */
export function jsonRoot(text: string): JsonPart {
  const root = scan(text, 0, 0)
  const end = skip(text, root.end)
  if (end < text.length) throw malformed(text, end)
  return root
}

export function jsonMembers(text: string, part: JsonPart): JsonMember[] {
  const members: JsonMember[] = []
  scan(text, part.start, 0, (member) => members.push(member))
  return members
}

/** The characters that a JSON string stands for. */
export const unquote = (raw: string): string =>
  // The scanner let only a string of JSON come here.
  raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)

export const jsonValue = (text: string, part: JsonPart): string => {
  const raw = text.slice(part.start, part.end)
  return part.kind === 'string' ? unquote(raw) : raw
}
