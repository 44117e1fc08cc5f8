import { SqlError } from '../engine/sql-error.ts'
import { reservedWords } from './keywords.ts'

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'nstring'
  | 'number'
  | 'binary'
  | 'money'
  | 'variable'
  | 'punct'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written, without quotes. */
  readonly text: string
  /** Words in upper case, punctuation as it is; empty for anything quoted. */
  readonly key: string
  readonly line: number
  readonly start: number
  readonly end: number
}

const wordStart = /[\p{L}_#]/u
const wordPart = /[\p{L}\p{N}_#$@]/u
const twoCharacters = new Set([
  '<>',
  '!=',
  '<=',
  '>=',
  '!<',
  '!>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '::',
])

const longestName = 128

function requireShort(name: string, line: number): void {
  if (name.length > longestName)
    throw new SqlError(
      103,
      15,
      4,
      `The identifier that starts with '${name.slice(0, longestName)}' is too long. Maximum length is ${longestName}.`,
      { line },
    )
}

/** Cuts a batch into tokens. `quotedIdentifier` decides what "x" is. */
export function tokenize(sql: string, quotedIdentifier: boolean): Token[] {
  const tokens: Token[] = []
  const length = sql.length
  let at = 0
  let line = 1
  const countLines = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) if (sql.charCodeAt(i) === 10) line += 1
  }
  const add = (kind: TokenKind, text: string, key: string, start: number, startLine: number) =>
    tokens.push({ kind, text, key, line: startLine, start, end: at })
  const quoted = (open: number, close: string): string => {
    let text = ''
    for (;;) {
      const stop = sql.indexOf(close, at)
      if (stop === -1) {
        const rest = sql.slice(open + 1)
        throw new SqlError(105, 15, 1, `Unclosed quotation mark after the character string '${rest.slice(0, 100)}'.`, {
          line,
        })
      }
      text += sql.slice(at, stop)
      at = stop + 1
      if (sql[at] !== close) return text
      text += close
      at += 1
    }
  }
  while (at < length) {
    const start = at
    const c = sql.charAt(at)
    const code = sql.charCodeAt(at)
    if (code === 10) line += 1
    if (code <= 32 || code === 0xa0 || code === 0xfeff) {
      at += 1
      continue
    }
    const next = sql[at + 1]
    if (c === '-' && next === '-') {
      const stop = sql.indexOf('\n', at)
      at = stop === -1 ? length : stop
      continue
    }
    if (c === '/' && next === '*') {
      at = skipComment(sql, at, line)
      countLines(start, at)
      continue
    }
    const startLine = line
    if (c === "'" || (c === '"' && !quotedIdentifier)) {
      at += 1
      const text = quoted(start, c)
      countLines(start, at)
      add('string', text, '', start, startLine)
    } else if ((c === 'N' || c === 'n') && next === "'") {
      at += 2
      const text = quoted(start + 1, "'")
      countLines(start, at)
      add('nstring', text, '', start, startLine)
    } else if (c === '[' || c === '"') {
      at += 1
      const text = quoted(start, c === '[' ? ']' : '"')
      countLines(start, at)
      requireShort(text, startLine)
      add('quoted', text, '', start, startLine)
    } else if ((code >= 48 && code <= 57) || (c === '.' && next !== undefined && next >= '0' && next <= '9')) {
      const match = /^(?:0[xX][0-9a-fA-F]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(sql.slice(at, at + 8100))
      const text = match?.[0] ?? c
      at += text.length
      add(/^0x/i.test(text) ? 'binary' : 'number', text, '', start, startLine)
    } else if (c === '@') {
      at += 1
      while (at < length && (sql[at] === '@' || wordPart.test(sql.charAt(at)))) at += 1
      add('variable', sql.slice(start, at), '', start, startLine)
    } else if (c === '$' && next !== undefined && /[0-9.]/.test(next)) {
      at += 1
      while (at < length && /[0-9.]/.test(sql.charAt(at))) at += 1
      add('money', sql.slice(start + 1, at), '', start, startLine)
    } else if (wordStart.test(c) || (c === '$' && next !== undefined && wordStart.test(next))) {
      at += 1
      while (at < length && wordPart.test(sql.charAt(at))) at += 1
      const text = sql.slice(start, at)
      requireShort(text, startLine)
      add('word', text, text.toUpperCase(), start, startLine)
    } else {
      const pair = c + (next ?? '')
      at += twoCharacters.has(pair) ? 2 : 1
      const text = sql.slice(start, at)
      add('punct', text, text, start, startLine)
    }
  }
  tokens.push({ kind: 'end', text: '', key: '', line, start: length, end: length })
  return tokens
}

/** Block comments nest. */
function skipComment(sql: string, start: number, line: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at += 1) {
    if (sql[at] === '/' && sql[at + 1] === '*') {
      depth += 1
      at += 1
    } else if (sql[at] === '*' && sql[at + 1] === '/') {
      depth -= 1
      at += 1
      if (depth === 0) return at + 1
    }
  }
  throw new SqlError(113, 15, 1, "Missing end comment mark '*/'.", { line })
}

export const isReserved = (token: Token): boolean => token.kind === 'word' && reservedWords.has(token.key)
