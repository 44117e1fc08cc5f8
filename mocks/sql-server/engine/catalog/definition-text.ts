/** Defaults, checks, computed columns and filters as the catalogue writes them: `((18))`, `([age]>(0))`, `(getdate())`. */
import type { Expr, TypeRef } from '../../tsql/ast.ts'
import { parseExpressionText } from '../../tsql/parser.ts'

const bracketed = (name: string): string => `[${name.replaceAll(']', ']]')}]`
const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Binding strengths, as the parser has them. */
const strength = { or: 1, and: 2, not: 3, predicate: 4, additive: 5, multiplicative: 6, unary: 7, primary: 8 } as const
type Written = readonly [text: string, strength: number]

const least = ([text, own]: Written, needed: number): string => (own < needed ? `(${text})` : text)
const primary = (text: string): Written => [text, strength.primary]

/** Names that SQL Server replaces by the function behind them. */
const synonyms: Readonly<Record<string, string>> = {
  CURRENT_TIMESTAMP: 'getdate',
  CURRENT_USER: 'user_name',
  USER: 'user_name',
  SESSION_USER: 'user_name',
  SYSTEM_USER: 'suser_sname',
}
const datePartFunctions = new Set(['DATEADD', 'DATEDIFF', 'DATEDIFF_BIG', 'DATENAME', 'DATEPART', 'DATETRUNC'])

function typeText(type: TypeRef): string {
  return `${bracketed(type.name)}${type.args.length > 0 ? `(${type.args.join(',')})` : ''}`
}

function write(e: Expr): Written {
  switch (e.kind) {
    case 'literal':
      return primary(literalText(e.type, e.text))
    case 'column':
      return primary(bracketed(e.parts.at(-1) ?? ''))
    case 'variable':
      return primary(e.name)
    case 'default':
      return primary('DEFAULT')
    case 'unary': {
      if (e.of.kind === 'literal' && e.op === '-') return primary(`(-${e.of.text})`)
      return [`${e.op}${least(write(e.of), strength.unary)}`, strength.unary]
    }
    case 'binary': {
      const own = '*/%'.includes(e.op) ? strength.multiplicative : strength.additive
      return [`${least(write(e.left), own)}${e.op}${least(write(e.right), own + 1)}`, own]
    }
    case 'compare':
      return [
        `${least(write(e.left), strength.additive)}${e.op}${least(write(e.right), strength.additive)}`,
        strength.predicate,
      ]
    case 'and':
    case 'or': {
      const own = strength[e.kind]
      return [`${least(write(e.left), own)} ${e.kind.toUpperCase()} ${least(write(e.right), own + 1)}`, own]
    }
    case 'not':
      return [`NOT ${least(write(e.of), strength.predicate)}`, strength.not]
    case 'isNull':
      return [`${least(write(e.of), strength.additive)} IS ${e.not ? 'NOT ' : ''}NULL`, strength.predicate]
    case 'like': {
      const text = `${least(write(e.of), strength.additive)} like ${least(write(e.pattern), strength.additive)}${e.escape ? ` escape ${write(e.escape)[0]}` : ''}`
      return e.not ? [`NOT ${text}`, strength.not] : [text, strength.predicate]
    }
    case 'between': {
      const of = least(write(e.of), strength.additive)
      const text = `${of}>=${least(write(e.low), strength.additive)} AND ${of}<=${least(write(e.high), strength.additive)}`
      return e.not ? [`NOT (${text})`, strength.not] : [text, strength.and]
    }
    case 'in': {
      // The list comes back in reverse.
      const of = least(write(e.of), strength.additive)
      const text = e.list
        .map((item) => `${of}=${least(write(item), strength.additive)}`)
        .reverse()
        .join(' OR ')
      if (e.not) return [`NOT (${text})`, strength.not]
      return [text, e.list.length > 1 ? strength.or : strength.predicate]
    }
    case 'case': {
      const whens = e.whens.map(({ when, result }) => `when ${write(when)[0]} then ${write(result)[0]}`)
      const parts = ['case', ...(e.of ? [write(e.of)[0]] : []), ...whens]
      return primary([...parts, ...(e.otherwise ? [`else ${write(e.otherwise)[0]}`] : []), 'end'].join(' '))
    }
    case 'cast': {
      const style = e.style ? `,${write(e.style)[0]}` : ''
      return primary(`${e.trying ? 'TRY_CAST' : 'CONVERT'}(${typeText(e.type)},${write(e.of)[0]}${style})`)
    }
    case 'call': {
      const known = e.name.length === 1 ? (e.name[0] ?? '').toUpperCase() : ''
      const name = known === '' ? e.name.map(bracketed).join('.') : (synonyms[known] ?? known.toLowerCase())
      const args = e.args.map((arg, i) =>
        i === 0 && datePartFunctions.has(known) && arg.kind === 'column'
          ? (arg.parts[0] ?? '').toLowerCase()
          : write(arg)[0],
      )
      return primary(`${name}(${e.star ? '*' : args.join(',')})`)
    }
    case 'collate':
      return [`${least(write(e.of), strength.unary)} collate ${e.collation}`, strength.unary]
    default:
      throw new Error(`no catalogue form of ${e.kind}`)
  }
}

function literalText(type: Extract<Expr, { kind: 'literal' }>['type'], text: string): string {
  switch (type) {
    case 'int':
    case 'decimal':
      return `(${text})`
    case 'float': {
      const [digits = '', exponent = '+0'] = Number(text).toExponential(16).split('e')
      return `(${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(3, '0')})`
    }
    case 'money':
      return `($${text})`
    case 'string':
      return textLiteral(text)
    case 'nstring':
      return `N${textLiteral(text)}`
    case 'binary':
      return text
    case 'null':
      return 'NULL'
  }
}

const written = new Map<string, string>()
const maxKept = 2000

/** The normal form, in parentheses. What has none (a subquery) stays as it was written. */
export function definitionText(text: string): string {
  const known = written.get(text)
  if (known !== undefined) return known
  let normal: string
  try {
    normal = `(${write(parseExpressionText(text))[0]})`
  } catch {
    normal = `(${text})`
  }
  if (written.size >= maxKept) written.clear()
  written.set(text, normal)
  return normal
}

/** The names of columns that a definition speaks of, in lower case. */
export function columnsIn(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const match of definitionText(text).matchAll(/'(?:[^']|'')*'|\[((?:[^\]]|\]\])*)\](?!\()/g))
    if (match[1] !== undefined) names.add(match[1].replaceAll(']]', ']').toLowerCase())
  return names
}
