/** The paths of XQuery that value, query, exist and nodes take here; all else is refused by name. */
import { SqlError, unsupported } from '../sql-error.ts'

export type NodeTest =
  | { readonly kind: 'name'; readonly name: string; readonly namespace: string }
  | { readonly kind: 'any' | 'text' | 'node' | 'comment' }

export interface Step {
  readonly axis: 'child' | 'attribute' | 'self' | 'parent' | 'descendant'
  readonly test: NodeTest
  readonly predicates: readonly Value[]
}

export type Value =
  | { readonly kind: 'path'; readonly from: 'root' | 'context' | Value; readonly steps: readonly Step[] }
  | { readonly kind: 'filter'; readonly of: Value; readonly predicates: readonly Value[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Value[] }
  | { readonly kind: 'compare'; readonly op: string; readonly left: Value; readonly right: Value }
  | { readonly kind: 'and' | 'or'; readonly left: Value; readonly right: Value }
  /** `sql:variable("@v")` and `sql:column("c")`: the value that the statement gives with this number. */
  | { readonly kind: 'outer'; readonly at: number }

export interface XmlPath {
  readonly value: Value
  /** Names of variables and columns of the statement that the path asks for. */
  readonly outers: readonly string[]
}

const functions: Readonly<Record<string, readonly [min: number, max: number]>> = {
  string: [0, 1],
  data: [1, 1],
  count: [1, 1],
  not: [1, 1],
  contains: [2, 2],
  'local-name': [0, 1],
  'string-length': [0, 1],
  last: [0, 0],
  position: [0, 0],
  empty: [1, 1],
  sum: [1, 1],
  true: [0, 0],
  false: [0, 0],
}
const words: Readonly<Record<string, string>> = { eq: '=', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' }

const tokenPattern =
  /\s+|\(:[\s\S]*?:\)|::|\/\/|\.\.|[!<>]=|"(?:[^"]|"")*"|'(?:[^']|'')*'|\d+(?:\.\d+)?|[\p{L}_][\p{L}\p{N}_.-]*(?::[\p{L}_*][\p{L}\p{N}_.-]*)?|[\s\S]/guy

export function parsePath(text: string, method: string): XmlPath {
  const tokens = (text.match(tokenPattern) ?? []).filter((token) => !/^\s|^\(:/.test(token))
  const namespaces = new Map<string, string>()
  const outers: string[] = []
  let at = 0
  const peek = (ahead = 0): string => tokens[at + ahead] ?? ''
  const refuse = (): Error => unsupported(`XQuery beyond simple paths: ${text.slice(0, 80)}`)
  const accept = (token: string): boolean => {
    if (peek() !== token) return false
    at += 1
    return true
  }
  const expect = (token: string): void => {
    if (accept(token)) return
    if (at >= tokens.length) throw new SqlError(2205, 16, 1, `XQuery [${method}()]: "${token}" was expected.`)
    throw refuse()
  }
  const literal = (): string => {
    const token = peek()
    if (!/^["']/.test(token)) throw refuse()
    at += 1
    return token.slice(1, -1).replaceAll(token.slice(0, 1).repeat(2), token.slice(0, 1))
  }
  const nameTest = (token: string, attribute: boolean): NodeTest => {
    if (token === '*') return { kind: 'any' }
    const colon = token.indexOf(':')
    const prefix = token.slice(0, Math.max(0, colon))
    if (prefix === '') return { kind: 'name', name: token, namespace: attribute ? '' : (namespaces.get('') ?? '') }
    const namespace = namespaces.get(prefix)
    if (namespace === undefined)
      throw new SqlError(2229, 16, 1, `XQuery [${method}()]: The name "${prefix}" does not denote a namespace.`)
    const name = token.slice(colon + 1)
    if (name === '*') throw refuse()
    return { kind: 'name', name, namespace }
  }
  const isName = (token: string): boolean => token === '*' || /^[\p{L}_]/u.test(token)
  const predicates = (): Value[] => {
    const found: Value[] = []
    while (accept('[')) {
      found.push(either())
      expect(']')
    }
    return found
  }
  const step = (): Step => {
    if (accept('.')) return { axis: 'self', test: { kind: 'node' }, predicates: predicates() }
    if (accept('..')) return { axis: 'parent', test: { kind: 'node' }, predicates: predicates() }
    const attribute = accept('@')
    const token = peek()
    if (!isName(token) || peek(1) === '::') throw refuse()
    at += 1
    const kind = token === 'text' || token === 'node' || token === 'comment' ? token : undefined
    if (kind && !attribute && accept('(')) {
      expect(')')
      return { axis: 'child', test: { kind }, predicates: predicates() }
    }
    return { axis: attribute ? 'attribute' : 'child', test: nameTest(token, attribute), predicates: predicates() }
  }
  const steps = (first: boolean): Step[] => {
    const found: Step[] = first ? [step()] : []
    for (;;) {
      if (accept('//')) found.push({ axis: 'descendant', test: { kind: 'node' }, predicates: [] }, step())
      else if (accept('/')) found.push(step())
      else return found
    }
  }
  const primary = (): Value => {
    const token = peek()
    if (/^["']/.test(token)) return { kind: 'text', text: literal() }
    if (/^\d/.test(token)) {
      at += 1
      return { kind: 'number', number: Number(token) }
    }
    if (token === '-' && /^\d/.test(peek(1))) {
      at += 2
      return { kind: 'number', number: -Number(peek(-1)) }
    }
    const bare = token.replace(/^fn:/, '')
    if (peek(1) === '(' && (token === 'sql:variable' || token === 'sql:column')) {
      at += 2
      const name = literal()
      expect(')')
      return { kind: 'outer', at: outers.push(name) - 1 }
    }
    if (peek(1) === '(' && !['text', 'node', 'comment'].includes(token)) {
      const limits = functions[bare]
      if (!limits) throw refuse()
      at += 2
      const args: Value[] = []
      while (!accept(')')) {
        if (args.length > 0) expect(',')
        args.push(either())
      }
      if (args.length < limits[0] || args.length > limits[1]) throw refuse()
      return { kind: 'call', name: bare, args }
    }
    if (accept('(')) {
      const of = either()
      expect(')')
      const filters = predicates()
      const inner: Value = filters.length > 0 ? { kind: 'filter', of, predicates: filters } : of
      return peek() === '/' || peek() === '//' ? { kind: 'path', from: inner, steps: steps(false) } : inner
    }
    if (token === '/' || token === '//') {
      const next = peek(1)
      if (token === '/' && !isName(next) && next !== '@' && next !== '.' && next !== '..') {
        at += 1
        return { kind: 'path', from: 'root', steps: [] }
      }
      return { kind: 'path', from: 'root', steps: steps(false) }
    }
    return { kind: 'path', from: 'context', steps: steps(true) }
  }
  const comparison = (): Value => {
    const left = primary()
    const op = ['=', '!=', '<', '<=', '>', '>='].includes(peek()) ? peek() : words[peek()]
    if (!op) return left
    at += 1
    return { kind: 'compare', op, left, right: primary() }
  }
  const both = (): Value => {
    let left = comparison()
    while (accept('and')) left = { kind: 'and', left, right: comparison() }
    return left
  }
  function either(): Value {
    let left = both()
    while (accept('or')) left = { kind: 'or', left, right: both() }
    return left
  }
  while (accept('declare')) {
    if (accept('default')) {
      expect('element')
      expect('namespace')
      namespaces.set('', literal())
    } else {
      expect('namespace')
      const prefix = peek()
      at += 1
      expect('=')
      namespaces.set(prefix, literal())
    }
    expect(';')
  }
  if (at >= tokens.length) throw new SqlError(6306, 16, 1, 'Invalid XQuery expression passed to XML data type method.')
  const value = either()
  if (at < tokens.length) throw refuse()
  return { value, outers }
}

/** True where a path can find one node at most, as value() calls for. */
export function isSingle(value: Value): boolean {
  switch (value.kind) {
    case 'path': {
      const from = value.from === 'root' || value.from === 'context' || isSingle(value.from)
      return (
        from &&
        value.steps.every(
          (step) => step.axis !== 'descendant' && (isSingleStep(step) || step.predicates.some(isPosition)),
        )
      )
    }
    case 'filter':
      return isSingle(value.of) || value.predicates.some(isPosition)
    case 'call':
      return value.name !== 'data' || value.args.every(isSingle)
    default:
      return true
  }
}

const isSingleStep = ({ axis, test }: Step): boolean =>
  axis === 'self' || axis === 'parent' || (axis === 'attribute' && test.kind === 'name')
const isPosition = (value: Value): boolean =>
  value.kind === 'number' || (value.kind === 'call' && value.name === 'last')
