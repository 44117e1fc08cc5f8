import type { KeyName } from './text-key.ts'

const compiled = new Map<string, RegExp>()
const maxCompiled = 1000
const special = /[.*+?^${}()|[\]\\/]/g

/** LIKE's pattern as a regular expression: %, _, [set], [^set], and an escaper character. */
export function likePattern(pattern: string, escaper: string | null, key: KeyName): RegExp {
  const id = `${key}\u0000${escaper ?? ''}\u0000${pattern}`
  const known = compiled.get(id)
  if (known) return known
  if (compiled.size >= maxCompiled) compiled.clear()
  const expression = new RegExp(
    `^${translate(fold(pattern, key), escaper === null ? null : fold(escaper, key))}$`,
    'su',
  )
  compiled.set(id, expression)
  return expression
}

/** What both the value and the pattern go through before they are compared. */
export function fold(text: string, key: KeyName): string {
  const cased = key.startsWith('k_ci') ? text.toLowerCase() : text
  return key.endsWith('_ai') ? cased.normalize('NFD').replace(/\p{M}/gu, '') : cased
}

function translate(pattern: string, escaper: string | null): string {
  let out = ''
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i += 1) {
    const c = characters[i] ?? ''
    if (escaper !== null && c === escaper && i + 1 < characters.length) {
      i += 1
      out += (characters[i] ?? '').replace(special, '\\$&')
    } else if (c === '%') {
      // Two in a row mean one, and would make the expression slow.
      if (!out.endsWith('.*?')) out += '.*?'
    } else if (c === '_') out += '.'
    else if (c === '[') {
      const close = characters.indexOf(']', i + 1)
      if (close === -1) return '(?!)'
      const set = characters.slice(i + 1, close).join('')
      const negated = set.startsWith('^')
      const body = (negated ? set.slice(1) : set)
        .replace(/[\\\]^[]/g, '\\$&')
        .replace(/^-|-$/g, '\\-')
        .replace(/&&|--|~~/g, (pair) => `\\${pair[0]}\\${pair[1]}`)
      out += body === '' ? '(?!)' : `[${negated ? '^' : ''}${body}]`
      i = close
    } else out += c.replace(special, '\\$&')
  }
  return out
}
