import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  parse,
  stringify,
  visit,
} from 'yaml'
import { HarnessError, messageOf } from '../context/error.ts'
import { landscapeInvalid, type Path, type Positions } from './problem.ts'

const MOST_ALIASES = 100
const MOST_DEPTH = 32
// Dates, sets and bytes (!!binary) are not JSON.
const DATA_ONLY = { resolveKnownTags: false } as const

export interface YamlDocument {
  readonly value: unknown
  readonly positions: Positions
}

interface Flaw {
  readonly offset: number
  readonly text: string
}

/** Reads one YAML document. Throws `landscape-invalid` with line and column of everything that is not YAML. */
export function parseYaml(text: string, fileName: string): YamlDocument {
  const lines = new LineCounter()
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const refuse = (flaws: readonly Flaw[]) => {
    if (flaws.length === 0) return
    throw landscapeInvalid(
      flaws.map((flaw) => {
        const { line, column } = place(flaw.offset)
        return `${fileName}:${line}:${column}: ${flaw.text}`
      }),
    )
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  refuse(tooDeep(tokens))
  const [document, second] = [...new Composer(DATA_ONLY).compose(tokens, true, text.length)]
  if (!document) throw landscapeInvalid([`${fileName}: holds no YAML document`])
  if (second) refuse([{ offset: second.range[0], text: 'a second document starts here; a landscape file holds one' }])
  refuse(toldOnce(syntaxFlaws(document, text)))
  refuse(nameFlaws(document))
  const positions: Positions = {
    fileName,
    of: (path, part) => {
      const offset = offsetOf(document, path, part)
      return offset === undefined ? undefined : place(offset)
    },
  }
  return { value: plainValue(document, fileName), positions }
}

/** A value as it may stand in a YAML file: `5`, `iis`, `[a, b]`. Throws the parser's own error. */
export function parseYamlValue(text: string): unknown {
  const [flaw] = tooDeep([...new Parser().parse(text)])
  if (flaw) throw new HarnessError('usage', flaw.text)
  return parse(text, { ...DATA_ONLY, maxAliasCount: 0, prettyErrors: false })
}

/** Writes a value as YAML, each text on one line, nothing by reference; read alike by parsers of YAML 1.1 and 1.2. */
export const yamlText = (value: unknown): string =>
  stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' })

// The composer recurses, and a stack that runs out inside it can end the process: no error to catch.
function tooDeep(tokens: readonly unknown[]): Flaw[] {
  const open = tokens.map((token) => ({ token, depth: 0, at: 0 }))
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next
    if (typeof token !== 'object' || token === null) continue
    const at = 'offset' in token && typeof token.offset === 'number' ? token.offset : next.at
    if (depth > MOST_DEPTH) return [{ offset: at, text: `nested deeper than ${MOST_DEPTH} levels` }]
    if ('items' in token && Array.isArray(token.items)) {
      for (const item of token.items) open.push({ token: item, depth: depth + 1, at })
    }
    if ('key' in token) open.push({ token: token.key, depth, at })
    if ('value' in token) open.push({ token: token.value, depth, at })
  }
  return []
}

const syntaxFlaws = (document: Document, text: string): Flaw[] =>
  [...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }) => {
    if (code !== 'DUPLICATE_KEY') return { offset, text: message }
    const key = text.slice(offset, offset + 80).match(/^(["']?)([^\s:"']+)\1/)?.[2]
    return { offset, text: `key "${key}" stands twice` }
  })

/** One mistake makes the parser stumble more than once: each place, and each complaint, is told once. */
const toldOnce = (flaws: readonly Flaw[]): Flaw[] =>
  flaws.filter(({ offset, text }, index) =>
    flaws.slice(0, index).every((earlier) => earlier.offset !== offset && earlier.text !== text),
  )

// The checks that follow pass over __proto__, JavaScript’s one key that is none.
function nameFlaws(document: Document): Flaw[] {
  const flaws: Flaw[] = []
  visit(document, {
    Pair(_key, { key }) {
      if (!isNode(key)) return
      const offset = key.range?.[0] ?? 0
      if (!isScalar(key)) flaws.push({ offset, text: 'a key must be plain text' })
      else if (key.value === '__proto__') flaws.push({ offset, text: '"__proto__" cannot be a name' })
    },
    Alias(_key, alias) {
      const offset = alias.range?.[0] ?? 0
      const source = alias.resolve(document)
      const range = source?.range
      if (!source) flaws.push({ offset, text: `*${alias.source}: there is no anchor &${alias.source} before it` })
      else if (range && range[0] <= offset && offset < range[2]) {
        flaws.push({ offset, text: `*${alias.source} stands inside what it names` })
      }
    },
  })
  return flaws
}

function plainValue(document: Document, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    throw landscapeInvalid([`${fileName}: its aliases (*name) cannot be followed: ${messageOf(error)}`], error)
  }
}

function offsetOf(document: Document, path: Path, part: 'key' | 'value'): number | undefined {
  let value: unknown = document.contents
  let key: unknown
  for (const step of path) {
    const node: unknown = isAlias(value) ? value.resolve(document) : value
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step))
      if (!pair) return undefined
      key = pair.key
      value = pair.value
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      key = undefined
      value = node.items[step]
    } else return undefined
  }
  return part === 'key' ? (startOf(key) ?? startOf(value)) : (startOf(value) ?? startOf(key))
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
