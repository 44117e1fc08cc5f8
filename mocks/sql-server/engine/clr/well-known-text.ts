/** Well-known text of OGC read, with Z and M as SQL Server writes them. */
import { unsupported } from '../sql-error.ts'
import { formatError } from './clr-error.ts'
import { type Point, partKind, type Shape, type ShapeKind, shapeTypes } from './shape.ts'

const curves = new Set(['CIRCULARSTRING', 'COMPOUNDCURVE', 'CURVEPOLYGON', 'FULLGLOBE'])
const labels = [...Object.keys(shapeTypes), 'CIRCULARSTRING', 'COMPOUNDCURVE', 'CURVEPOLYGON']
/** Shapes in shapes: a hostile text must not fill the stack. */
const maxDepth = 32
const isKind = (label: string): label is ShapeKind => Object.hasOwn(shapeTypes, label)

/** `type` names the CLR type in errors; `only` is the label that there has to be. */
export function parseShape(text: string, type: 'geometry' | 'geography', only?: ShapeKind): Shape {
  const reader = new TextReader(text, type)
  if (text.trim() === '')
    throw formatError(
      type,
      '24112: The well-known text (WKT) input is empty. To input an empty instance, specify an empty instance of one of the following types: Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, CircularString, CompoundCurve, CurvePolygon or GeometryCollection.',
    )
  if (only && reader.label !== only)
    throw formatError(
      type,
      `24142: Expected "${only}" at position 1. The input has "${text.trim().slice(0, only.length)}".`,
    )
  const shape = reader.tagged(0)
  reader.end()
  return shape
}

class TextReader {
  readonly #text: string
  readonly #type: 'geometry' | 'geography'
  #at = 0

  constructor(text: string, type: 'geometry' | 'geography') {
    this.#text = text
    this.#type = type
  }

  get label(): string {
    this.#blank()
    return /^[A-Za-z]*/.exec(this.#text.slice(this.#at, this.#at + 32))?.[0].toUpperCase() ?? ''
  }

  end(): void {
    this.#blank()
    if (this.#at < this.#text.length) throw this.#expected('')
  }

  tagged(depth: number): Shape {
    if (depth > maxDepth) throw unsupported(`a ${this.#type} of more than ${maxDepth} levels`)
    const { label } = this
    if (curves.has(label)) throw unsupported(`${label} of ${this.#type}`)
    if (!isKind(label)) {
      const rest = this.#text.slice(this.#at)
      throw formatError(
        this.#type,
        `24114: The label ${rest} in the input well-known text (WKT) is not valid. Valid labels are ${labels.join(', ')} and FULLGLOBE (geography Data Type only).`,
      )
    }
    this.#at += label.length
    return this.#content(label, depth)
  }

  #content(kind: ShapeKind, depth: number): Shape {
    if (this.#word('EMPTY')) return { kind, figures: [], parts: [] }
    const inner = partKind[kind]
    if (kind === 'POINT' || kind === 'LINESTRING') return { kind, figures: [this.#figure(kind, 1)], parts: [] }
    this.#expect('(')
    let ring = 0
    const shape: Shape =
      kind === 'POLYGON'
        ? {
            kind,
            figures: this.#list(() => {
              ring += 1
              return this.#figure(kind, ring)
            }),
            parts: [],
          }
        : {
            kind,
            figures: [],
            parts: this.#list(() => {
              // MULTIPOINT takes its points with and without parentheses.
              if (kind === 'MULTIPOINT' && this.#next !== '(' && this.label !== 'EMPTY')
                return { kind: 'POINT', figures: [[this.#point()]], parts: [] }
              return inner ? this.#content(inner, depth + 1) : this.tagged(depth + 1)
            }),
          }
    this.#expect(')')
    return shape
  }

  #figure(kind: ShapeKind, ring: number): readonly Point[] {
    this.#expect('(')
    const points = kind === 'POINT' ? [this.#point()] : this.#list(() => this.#point())
    this.#expect(')')
    if (kind === 'LINESTRING' && points.length < 2)
      throw formatError(
        this.#type,
        '24117: The LineString input is not valid because it does not have enough distinct points. A LineString must have at least two distinct points.',
      )
    if (kind !== 'POLYGON') return points
    if (points.length < 4)
      throw formatError(
        this.#type,
        `24305: The Polygon input is not valid because the ring number ${ring} does not have enough points. Each ring of a polygon must contain at least four points.`,
      )
    const [first, last] = [points[0], points.at(-1)]
    if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1])
      throw formatError(
        this.#type,
        `24306: The Polygon input is not valid because the start and end points of the ring number ${ring} are not the same. Each ring of a polygon must have the same start and end points.`,
      )
    return points
  }

  #point(): Point {
    return [this.#number(), this.#number(), this.#further(), this.#further()]
  }

  #further(): number | null {
    const next = this.#next
    if (next === '' || next === ',' || next === ')' || this.#word('NULL')) return null
    return this.#number()
  }

  #number(): number {
    this.#blank()
    const rest = this.#text.slice(this.#at, this.#at + 400)
    const token = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?=[\s,)]|$)/.exec(rest)?.[0] ?? ''
    const value = Number(token)
    if (token === '' || !Number.isFinite(value)) {
      const found = /^[^\s()]*/.exec(rest)?.[0] ?? ''
      throw formatError(
        this.#type,
        `24141: A number is expected at position ${this.#at + found.length} of the input. The input has ${found}.`,
      )
    }
    this.#at += token.length
    return value
  }

  #list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.#next === ',') {
      this.#at += 1
      items.push(item())
    }
    return items
  }

  get #next(): string {
    this.#blank()
    return this.#text[this.#at] ?? ''
  }

  #word(word: string): boolean {
    if (this.label !== word) return false
    this.#at += word.length
    return true
  }

  #expect(token: string): void {
    if (this.#next !== token) throw this.#expected(token)
    this.#at += 1
  }

  #expected(token: string): Error {
    const found = this.#text.slice(this.#at, this.#at + Math.max(1, token.length))
    return formatError(this.#type, `24142: Expected "${token}" at position ${this.#at}. The input has "${found}".`)
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }
}
