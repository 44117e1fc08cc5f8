/** Well-known binary of OGC, two dimensions, of either byte order. */
import { formatError } from './clr-error.ts'
import { type Point, type Shape, type ShapeKind, shapeTypes } from './shape.ts'

const kinds: ReadonlyMap<number, ShapeKind> = new Map(
  // The numbers are those of OGC too.
  Object.entries(shapeTypes).map(([kind, number]) => [number, kind as ShapeKind]),
)

export function writeWellKnownBinary(shape: Shape): Buffer {
  const { kind, figures, parts } = shape
  const head = Buffer.alloc(5)
  head.writeUInt8(1)
  head.writeUInt32LE(shapeTypes[kind], 1)
  const count = (of: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(of)
    return bytes
  }
  const points = (figure: readonly Point[]): Buffer =>
    Buffer.from(new Float64Array(figure.flatMap((point) => point.slice(0, 2).map(Number))).buffer)
  // A point without coordinates has NaN in their place.
  if (kind === 'POINT') return Buffer.concat([head, points(figures[0] ?? [[Number.NaN, Number.NaN, null, null]])])
  if (kind === 'LINESTRING') return Buffer.concat([head, count(figures[0]?.length ?? 0), points(figures[0] ?? [])])
  if (kind === 'POLYGON')
    return Buffer.concat([
      head,
      count(figures.length),
      ...figures.flatMap((ring) => [count(ring.length), points(ring)]),
    ])
  return Buffer.concat([head, count(parts.length), ...parts.map(writeWellKnownBinary)])
}

export function readWellKnownBinary(given: Uint8Array, type: string): Shape {
  const bytes = Buffer.from(given)
  let at = 0
  const shape = (depth: number): Shape => {
    const little = bytes.readUInt8(at) === 1
    at += 1
    const u32 = (): number => {
      at += 4
      return little ? bytes.readUInt32LE(at - 4) : bytes.readUInt32BE(at - 4)
    }
    const double = (): number => {
      at += 8
      return little ? bytes.readDoubleLE(at - 8) : bytes.readDoubleBE(at - 8)
    }
    const many = <T>(bytesEach: number, item: () => T): T[] => {
      const length = u32()
      if (length * bytesEach > bytes.length - at) throw new RangeError('more than there is')
      return Array.from({ length }, item)
    }
    const point = (): Point => [double(), double(), null, null]
    const kind = kinds.get(u32())
    if (!kind || depth > 32) throw new RangeError('no such shape')
    if (kind === 'POINT') {
      const only = point()
      return { kind, figures: Number.isNaN(only[0]) ? [] : [[only]], parts: [] }
    }
    if (kind === 'LINESTRING') {
      const line = many(16, point)
      return { kind, figures: line.length > 0 ? [line] : [], parts: [] }
    }
    if (kind === 'POLYGON') return { kind, figures: many(4, () => many(16, point)), parts: [] }
    return { kind, figures: [], parts: many(5, () => shape(depth + 1)) }
  }
  try {
    return shape(0)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw formatError(type, '24210: The well-known binary (WKB) input is not valid.')
  }
}
