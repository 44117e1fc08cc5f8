/** The bytes of geometry and geography, [MS-SSCLRT] 2.1.1 to 2.1.5. */
import { unsupported } from '../sql-error.ts'
import { formatError } from './clr-error.ts'
import { type Point, pointsOf, type Shape, type ShapeKind, type Spatial, shapeTypes } from './shape.ts'

const properties = { z: 0x01, m: 0x02, valid: 0x04, onePoint: 0x08, oneLine: 0x10 } as const
const figureAttributes = { interiorRing: 0, stroke: 1, exteriorRing: 2 } as const
const kindOfNumber: ReadonlyMap<number, ShapeKind> = new Map(
  Object.entries(shapeTypes).map(([kind, number]) => [number, kind as ShapeKind]),
)

/** geography has the latitude first. */
export function encodeSpatial({ srid, shape }: Spatial, geography: boolean): Buffer {
  const points = pointsOf(shape)
  const hasZ = points.some(([, , z]) => z !== null)
  const hasM = points.some(([, , , m]) => m !== null)
  const onePoint = shape.kind === 'POINT' && points.length === 1
  const oneLine = shape.kind === 'LINESTRING' && points.length === 2
  const [first, last] = points
  // A line between a point and itself is the one invalid value that is told from here.
  const valid = !(oneLine && first?.[0] === last?.[0] && first?.[1] === last?.[1])
  const head = Buffer.alloc(6)
  head.writeInt32LE(srid)
  head.writeUInt8(1, 4)
  head.writeUInt8(
    (hasZ ? properties.z : 0) |
      (hasM ? properties.m : 0) |
      (valid ? properties.valid : 0) |
      (onePoint ? properties.onePoint : 0) |
      (oneLine ? properties.oneLine : 0),
    5,
  )
  const numbers = [
    ...points.flatMap(([x, y]) => (geography ? [y, x] : [x, y])),
    ...(hasZ ? points.map(([, , z]) => z ?? Number.NaN) : []),
    ...(hasM ? points.map(([, , , m]) => m ?? Number.NaN) : []),
  ]
  const body = Buffer.alloc(numbers.length * 8)
  numbers.forEach((number, i) => {
    body.writeDoubleLE(number, i * 8)
  })
  if (onePoint || oneLine) return Buffer.concat([head, body])
  const count = Buffer.alloc(4)
  count.writeUInt32LE(points.length)
  return Buffer.concat([head, count, body, layout(shape)])
}

/** Figures, then shapes, each with its parent and its first figure. */
function layout(shape: Shape): Buffer {
  const figures: (readonly [attribute: number, point: number])[] = []
  const shapes: (readonly [parent: number, figure: number, type: number])[] = []
  let points = 0
  const add = (of: Shape, parent: number): void => {
    const index = shapes.length
    const begins = figures.length
    shapes.push([parent, begins, shapeTypes[of.kind]])
    of.figures.forEach((figure, i) => {
      const ring = i === 0 ? figureAttributes.exteriorRing : figureAttributes.interiorRing
      figures.push([of.kind === 'POLYGON' ? ring : figureAttributes.stroke, points])
      points += figure.length
    })
    for (const part of of.parts) add(part, index)
    if (figures.length === begins) shapes[index] = [parent, -1, shapeTypes[of.kind]]
  }
  add(shape, -1)
  const bytes = Buffer.alloc(8 + figures.length * 5 + shapes.length * 9)
  let at = bytes.writeUInt32LE(figures.length)
  for (const [attribute, point] of figures) at = bytes.writeInt32LE(point, bytes.writeUInt8(attribute, at))
  at = bytes.writeUInt32LE(shapes.length, at)
  for (const [parent, figure, type] of shapes)
    at = bytes.writeUInt8(type, bytes.writeInt32LE(figure, bytes.writeInt32LE(parent, at)))
  return bytes
}

/** Reads what a client or `encodeSpatial` wrote. */
export function decodeSpatial(given: Uint8Array, geography: boolean): Spatial {
  const type = geography ? 'geography' : 'geometry'
  try {
    return decode(Buffer.from(given.buffer, given.byteOffset, given.byteLength), geography)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw formatError(type, '24210: The stream that contains the instance is not valid.')
  }
}

function decode(bytes: Buffer, geography: boolean): Spatial {
  const srid = bytes.readInt32LE(0)
  const flags = bytes.readUInt8(5)
  let at = 6
  const u32 = (bytesEach: number): number => {
    const count = bytes.readUInt32LE(at)
    at += 4
    if (count * bytesEach > bytes.length - at) throw new RangeError('more than there is')
    return count
  }
  const short = (flags & properties.onePoint) !== 0 ? 1 : (flags & properties.oneLine) !== 0 ? 2 : 0
  const count = short || u32(16)
  const column = (width: number, from: number): number[] =>
    Array.from({ length: count }, (_, i) => bytes.readDoubleLE(at + (i * width + from) * 8))
  const [a, b] = [column(2, 0), column(2, 1)]
  at += count * 16
  const further = (flag: number): (number | null)[] => {
    if ((flags & flag) === 0) return a.map(() => null)
    const values = column(1, 0).map((value) => (Number.isNaN(value) ? null : value))
    at += count * 8
    return values
  }
  const zs = further(properties.z)
  const ms = further(properties.m)
  const points = a.map((first, i): Point => {
    const second = b[i] ?? 0
    const [x, y] = geography ? [second, first] : [first, second]
    return [x, y, zs[i] ?? null, ms[i] ?? null]
  })
  if (short === 1) return { srid, shape: { kind: 'POINT', figures: [points], parts: [] } }
  if (short === 2) return { srid, shape: { kind: 'LINESTRING', figures: [points], parts: [] } }
  const starts = Array.from({ length: u32(5) }, () => {
    const start = bytes.readInt32LE(at + 1)
    at += 5
    return start
  })
  const shapes = Array.from({ length: u32(9) }, () => {
    const row = { parent: bytes.readInt32LE(at), figure: bytes.readInt32LE(at + 4), type: bytes.readUInt8(at + 8) }
    at += 9
    return row
  })
  const build = (index: number, depth: number): Shape => {
    const row = shapes[index]
    const kind = row && kindOfNumber.get(row.type)
    if (row && row.type > shapeTypes.GEOMETRYCOLLECTION) throw unsupported('curves of spatial types')
    if (!row || !kind || depth > 32) throw new RangeError('no such shape')
    const parts = shapes.flatMap((part, i) => (part.parent === index && i > index ? [build(i, depth + 1)] : []))
    // The figures of a shape end where those of the next one begin.
    const next = shapes.slice(index + 1).find((other) => other.figure >= 0)?.figure ?? starts.length
    const own = kind === 'POINT' || kind === 'LINESTRING' || kind === 'POLYGON'
    const figures =
      own && row.figure >= 0
        ? starts
            .slice(row.figure, next)
            .map((start, i) => points.slice(start, starts[row.figure + i + 1] ?? points.length))
        : []
    return { kind, figures, parts }
  }
  return { srid, shape: build(0, 0) }
}
