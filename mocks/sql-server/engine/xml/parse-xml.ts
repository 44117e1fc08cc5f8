/** Text to an xml value, as CAST reads it: white space between tags goes, unless it is asked for. */
import { SqlError } from '../sql-error.ts'
import { prefixOf, type XmlAttribute, type XmlElement, type XmlNode, type XmlRoot } from './xml-node.ts'

export interface XmlReading {
  readonly keepBlanks: boolean
  /** The text is UTF-16: another encoding in its declaration is an error, and the other way around. */
  readonly wide: boolean
}

const problems = {
  9400: 'unexpected end of input',
  9402: 'unable to switch the encoding',
  9410: 'whitespace expected',
  9411: 'semicolon expected',
  9412: "'>' expected",
  9413: 'A string literal was expected',
  9414: 'equal expected',
  9417: "A '<' character cannot be used inside an attribute value.",
  9420: 'illegal xml character',
  9421: 'illegal name character',
  9422: 'incorrect document syntax',
  9436: 'end tag does not match start tag',
  9437: 'duplicate attribute',
  9438: 'text/xmldecl not at the beginning of input',
  9448: 'well formed check: undeclared entity',
  9455: 'illegal qualified name character',
  9459: 'undeclared prefix',
} as const

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])
const namePattern = /[\p{L}_][\p{L}\p{N}_.\-\u00b7]*(?::[\p{L}_][\p{L}\p{N}_.\-\u00b7]*)?/uy
/** The product's own limit. */
const maxDepth = 128
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
type Namespaces = ReadonlyMap<string, string>

export function parseXml(text: string, reading: XmlReading): XmlRoot {
  const parser = new Parser(text, reading)
  return { kind: 'root', children: parser.document() }
}

class Parser {
  readonly #text: string
  readonly #reading: XmlReading
  #at = 0

  constructor(text: string, reading: XmlReading) {
    this.#text = text
    this.#reading = reading
  }

  document(): XmlNode[] {
    if (this.#text.startsWith('\ufeff')) this.#at = 1
    this.#declaration()
    const nodes = this.#content(new Map([['xml', xmlNamespace]]), this.#reading.keepBlanks, 0)
    if (this.#at < this.#text.length) throw this.#problem(9436, this.#at)
    return nodes
  }

  #declaration(): void {
    if (!/^<\?xml\s/.test(this.#text.slice(this.#at, this.#at + 6))) return
    const end = this.#upTo('?>')
    const encoding = /\sencoding\s*=\s*["']([^"']*)["']/.exec(end)?.[1]?.toLowerCase()
    const wide = encoding?.startsWith('utf-16') || encoding === 'ucs-2'
    if (encoding !== undefined && wide !== this.#reading.wide) throw this.#problem(9402, this.#at - 2)
  }

  #content(namespaces: Namespaces, keep: boolean, depth: number): XmlNode[] {
    const nodes: XmlNode[] = []
    let text = ''
    let written = false
    const flush = (): void => {
      if (text !== '' && (keep || written || /[^ \t\r\n]/.test(text)))
        nodes.push({ kind: 'text', name: '', value: text })
      text = ''
      written = false
    }
    while (this.#at < this.#text.length && !this.#text.startsWith('</', this.#at)) {
      if (this.#text.startsWith('<![CDATA[', this.#at)) {
        this.#at += 9
        text += newlines(this.#upTo(']]>'))
        written = true
      } else if (this.#text[this.#at] !== '<') {
        const next = this.#text.indexOf('<', this.#at)
        const end = next === -1 ? this.#text.length : next
        const raw = this.#text.slice(this.#at, end)
        written ||= raw.includes('&#')
        text += this.#unescaped(newlines(raw), this.#at)
        this.#at = end
      } else {
        flush()
        nodes.push(this.#markup(namespaces, keep, depth))
      }
    }
    flush()
    return nodes
  }

  #markup(namespaces: Namespaces, keep: boolean, depth: number): XmlNode {
    if (this.#accept('<!--')) return { kind: 'comment', name: '', value: this.#upTo('-->') }
    if (this.#accept('<?')) {
      const name = this.#name()
      if (name.toLowerCase() === 'xml') throw this.#problem(9438, this.#at)
      const value = this.#upTo('?>')
      return { kind: 'instruction', name, value: value.trimStart() }
    }
    if (this.#text.startsWith('<!', this.#at)) throw this.#problem(9422, this.#at + 2)
    return this.#element(namespaces, keep, depth)
  }

  #element(outer: Namespaces, keep: boolean, depth: number): XmlElement {
    if (depth >= maxDepth)
      throw new SqlError(
        6335,
        16,
        102,
        `XML datatype instance has too many levels of nested nodes. Maximum allowed depth is ${maxDepth} levels.`,
      )
    this.#at += 1
    const name = this.#name()
    const raw: { name: string; value: string; at: number }[] = []
    let empty = false
    for (;;) {
      const blank = this.#blank()
      if (this.#accept('>')) break
      if (this.#accept('/')) {
        if (!this.#accept('>')) throw this.#problem(9412, this.#at + 1)
        empty = true
        break
      }
      if (this.#at >= this.#text.length) throw this.#problem(9400, this.#at)
      if (!blank) throw this.#problem(9410, this.#at + 1)
      const given = this.#attribute()
      if (raw.some((other) => other.name === given.name)) throw this.#problem(9437, this.#at)
      raw.push(given)
    }
    const namespaces = new Map(outer)
    for (const { name: declared, value } of raw) {
      if (declared === 'xmlns') namespaces.set('', value)
      else if (declared.startsWith('xmlns:')) namespaces.set(declared.slice(6), value)
    }
    const attributes = raw.map((given): XmlAttribute => {
      const prefix = prefixOf(given.name)
      const own = given.name === 'xmlns' || prefix === 'xmlns'
      const namespace = own ? '' : prefix === '' ? '' : this.#namespace(prefix, namespaces)
      return { kind: 'attribute', name: given.name, value: given.value, namespace }
    })
    const namespace = this.#namespace(prefixOf(name), namespaces)
    const space = raw.find((given) => given.name === 'xml:space')?.value
    const children = empty
      ? []
      : this.#content(namespaces, space === undefined ? keep : space === 'preserve', depth + 1)
    if (!empty) this.#endTag(name)
    return { kind: 'element', name, namespace, attributes, children }
  }

  #endTag(name: string): void {
    if (!this.#accept('</')) throw this.#problem(9400, this.#text.length)
    const found = this.#name()
    this.#blank()
    if (!this.#accept('>')) throw this.#problem(this.#at >= this.#text.length ? 9400 : 9412, this.#at + 1)
    if (found !== name) throw this.#problem(9436, this.#at)
  }

  #attribute(): { name: string; value: string; at: number } {
    const at = this.#at
    const name = this.#name()
    this.#blank()
    if (!this.#accept('=')) throw this.#problem(9414, this.#at + 1)
    this.#blank()
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") throw this.#problem(quote === undefined ? 9400 : 9413, this.#at + 1)
    this.#at += 1
    const begin = this.#at
    const value = this.#upTo(quote)
    const less = value.indexOf('<')
    if (less !== -1) throw this.#problem(9417, begin + less + 1)
    return { name, value: this.#unescaped(newlines(value).replace(/[\t\n]/g, ' '), begin), at }
  }

  #namespace(prefix: string, namespaces: Namespaces): string {
    const found = namespaces.get(prefix)
    if (found === undefined && prefix !== '') throw this.#problem(9459, this.#at)
    return found ?? ''
  }

  #name(): string {
    namePattern.lastIndex = this.#at
    const found = namePattern.exec(this.#text)?.[0]
    if (found === undefined) throw this.#problem(this.#at >= this.#text.length ? 9400 : 9455, this.#at + 1)
    this.#at += found.length
    return found
  }

  #unescaped(text: string, begin: number): string {
    if (!text.includes('&')) return text
    return text.replace(/&([^;\s<&]*)(;?)/g, (whole, body: string, end: string, at: number) => {
      const position = begin + at + whole.length
      if (!/^(?:#|[\p{L}_])/u.test(body)) throw this.#problem(9421, begin + at + 2)
      if (end === '') throw this.#problem(9411, position + 1)
      const code = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(body)
      if (!code) {
        const known = entities.get(body)
        if (known === undefined) throw this.#problem(9448, position)
        return known
      }
      const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16)
      if (point === 0 || point > 0x10ffff || (point < 0x20 && ![9, 10, 13].includes(point)))
        throw this.#problem(9420, position)
      return String.fromCodePoint(point)
    })
  }

  /** What stands before an end, which is read too. */
  #upTo(end: string): string {
    const found = this.#text.indexOf(end, this.#at)
    if (found === -1) throw this.#problem(9400, this.#text.length)
    const body = this.#text.slice(this.#at, found)
    this.#at = found + end.length
    return body
  }

  #accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #blank(): boolean {
    const before = this.#at
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1
    return this.#at > before
  }

  /** `position` counts the characters that have been read. */
  #problem(number: keyof typeof problems, position: number): SqlError {
    const lines = this.#text.slice(0, position).split('\n')
    return new SqlError(
      number,
      16,
      1,
      `XML parsing: line ${lines.length}, character ${lines.at(-1)?.length ?? 0}, ${problems[number]}`,
    )
  }
}

const newlines = (text: string): string => (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)
