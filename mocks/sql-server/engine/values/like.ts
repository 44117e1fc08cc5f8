/**
 * LIKE and PATINDEX: %, _, [set], [^set] and an escaper. A pattern is what stands between its %s; the leftmost place of
 * each is as good as any other, so nothing is ever tried twice, however many % a hostile pattern has.
 */
import { unsupported } from '../sql-error.ts'
import type { KeyName } from './text-key.ts'

export interface LikePattern {
  test(folded: string): boolean
  /** Where the match begins, -1 without one. */
  search(folded: string): number
}

const compiled = new Map<string, LikePattern>()
const maxCompiled = 1000
/** Longer ones are not kept, and the product takes 8,000 bytes. */
const maxKept = 4000
const maxPattern = 8000

/** LIKE's pattern, for texts that have been folded with the same key. */
export function likePattern(pattern: string, escaper: string | null, key: KeyName): LikePattern {
  const id = `${key}\u0000${escaper ?? ''}\u0000${pattern}`
  const known = compiled.get(id)
  if (known) return known
  if (pattern.length > maxPattern) throw unsupported(`patterns of more than ${maxPattern} characters`)
  const made = compile(fold(pattern, key), escaper === null ? null : fold(escaper, key))
  if (pattern.length > maxKept) return made
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(id, made)
  return made
}

/** What both the value and the pattern go through before they are compared. */
export function fold(text: string, key: KeyName): string {
  const cased = key.startsWith('k_ci') ? text.toLowerCase() : text
  return key.endsWith('_ai') ? cased.normalize('NFD').replace(/\p{M}/gu, '') : cased
}

const never: LikePattern = { test: () => false, search: () => -1 }

function compile(pattern: string, escaper: string | null): LikePattern {
  const parts = partsOf(pattern, escaper)
  if (!parts) return never
  const [first = '', ...rest] = parts
  if (rest.length === 0) return wholly(first)
  const last = rest.pop() ?? ''
  const begin = first === '' ? undefined : new RegExp(`^${first}`, 'suy')
  const middle = rest.filter((part) => part !== '').map((part) => new RegExp(part, 'sug'))
  const end = last === '' ? undefined : new RegExp(`${last}$`, 'sug')
  const all = [...(begin ? [begin] : []), ...middle, ...(end ? [end] : [])]
  const search = (text: string): number => {
    let at = 0
    let found = -1
    for (const part of all) {
      part.lastIndex = at
      const match = part.exec(text)
      if (!match) return -1
      if (found === -1) found = match.index
      at = match.index + match[0].length
    }
    return found === -1 ? 0 : found
  }
  return { search, test: (text) => search(text) !== -1 }
}

function wholly(part: string): LikePattern {
  const whole = new RegExp(`^${part}$`, 'su')
  return { test: (text) => whole.test(text), search: (text) => (whole.test(text) ? 0 : -1) }
}

/** Expressions of one length each, as they stand between the %s; undefined for a set without an end. */
function partsOf(pattern: string, escaper: string | null): string[] | undefined {
  const parts = ['']
  const add = (source: string) => parts.push((parts.pop() ?? '') + source)
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i += 1) {
    const c = characters[i] ?? ''
    if (escaper !== null && c === escaper && i + 1 < characters.length) {
      i += 1
      add(literal(characters[i] ?? ''))
    } else if (c === '%') parts.push('')
    else if (c === '_') add('.')
    else if (c === '[') {
      const close = characters.indexOf(']', i + 1)
      if (close === -1) return undefined
      add(setOf(characters.slice(i + 1, close)))
      i = close
    } else add(literal(c))
  }
  return parts
}

const literal = (c: string): string => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`

/** `a-z` is a range, one that goes backwards holds nothing, and a - at either end is itself. */
function setOf(characters: readonly string[]): string {
  const negated = characters[0] === '^'
  const members = negated ? characters.slice(1) : characters
  let out = ''
  for (let i = 0; i < members.length; i += 1) {
    const from = members[i] ?? ''
    const to = members[i + 2]
    if (members[i + 1] !== '-' || to === undefined) out += literal(from)
    else {
      if ((from.codePointAt(0) ?? 0) <= (to.codePointAt(0) ?? 0)) out += `${literal(from)}-${literal(to)}`
      i += 2
    }
  }
  if (out === '') return negated ? '.' : '(?!)'
  return `[${negated ? '^' : ''}${out}]`
}
