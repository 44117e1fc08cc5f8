/** The methods and properties of geometry, geography and hierarchyid that there are, by the names that the types give them. */

import { latin1 } from '../../tds/collation.ts'
import type { Cell, DataType } from '../../tds/data-type.ts'
import { binaryType, maxLength, textType, types } from '../../tds/data-type.ts'
import { decodePath, encodePath, parsePath, pathText } from './hierarchy-id.ts'
import { ancestor, descendant, isDescendant, reparented } from './hierarchy-methods.ts'
import { isEmpty, kindNames, pointsOf, type Shape, type ShapeKind } from './shape.ts'
import { shapeText } from './shape-text.ts'
import { type SpatialType, spatialCell, spatialOf } from './spatial-value.ts'
import { readWellKnownBinary, writeWellKnownBinary } from './well-known-binary.ts'
import { parseShape } from './well-known-text.ts'

export interface ClrMethod {
  readonly type: DataType
  readonly args: readonly DataType[]
  readonly property?: boolean
  /** Arguments that may be NULL; the others make the result NULL. */
  readonly takesNull?: boolean
  /** The value comes first, where there is one. */
  readonly call: (...cells: Cell[]) => Cell
}

const text = textType('nvarchar', maxLength, latin1)
const name = textType('nvarchar', 4000, latin1)
const bytes = binaryType('varbinary', maxLength)
const bytesOf = (cell: Cell | undefined): Uint8Array => (cell instanceof Uint8Array ? cell : Buffer.alloc(0))

const fromText: Readonly<Record<string, ShapeKind | undefined>> = {
  STGeomFromText: undefined,
  STPointFromText: 'POINT',
  STLineFromText: 'LINESTRING',
  STPolyFromText: 'POLYGON',
  STMPointFromText: 'MULTIPOINT',
  STMLineFromText: 'MULTILINESTRING',
  STMPolyFromText: 'MULTIPOLYGON',
  STGeomCollFromText: 'GEOMETRYCOLLECTION',
}

const pointShape = (x: number, y: number): Shape => ({ kind: 'POINT', figures: [[[x, y, null, null]]], parts: [] })

function spatialStatics(type: SpatialType): [string, ClrMethod][] {
  const own = types[type]
  const flat = type === 'geometry'
  return [
    ['Null', { type: own, args: [], property: true, call: () => null }],
    ['Parse', { type: own, args: [text], call: (wkt) => parseSpatial(String(wkt), type) }],
    [
      'Point',
      {
        type: own,
        args: [types.float, types.float, types.int],
        // geography has the latitude first.
        call: (a, b, srid) =>
          spatialCell(flat ? pointShape(Number(a), Number(b)) : pointShape(Number(b), Number(a)), Number(srid), type),
      },
    ],
    [
      'STGeomFromWKB',
      {
        type: own,
        args: [bytes, types.int],
        call: (wkb, srid) => spatialCell(readWellKnownBinary(bytesOf(wkb), type), Number(srid), type),
      },
    ],
    ...Object.entries(fromText).map(([method, only]): [string, ClrMethod] => [
      method,
      {
        type: own,
        args: [text, types.int],
        call: (wkt, srid) => spatialCell(parseShape(String(wkt), type, only), Number(srid), type),
      },
    ]),
  ]
}

/** Without a coordinate system: geometry has 0, geography WGS 84. */
export const parseSpatial = (wkt: string, type: SpatialType): Cell =>
  wkt.trim().toUpperCase() === 'NULL' ? null : spatialCell(parseShape(wkt, type), type === 'geometry' ? 0 : 4326, type)

function spatialMembers(type: SpatialType): [string, ClrMethod][] {
  const own = types[type]
  const of =
    (work: (shape: Shape, srid: number, ...args: Cell[]) => Cell) =>
    (cell: Cell, ...args: Cell[]) => {
      const { shape, srid } = spatialOf(cell, type)
      return work(shape, srid, ...args)
    }
  const method = (result: DataType, work: Parameters<typeof of>[0], args: readonly DataType[] = []): ClrMethod => ({
    type: result,
    args,
    call: of(work),
  })
  const property = (result: DataType, work: Parameters<typeof of>[0]): ClrMethod => ({
    ...method(result, work),
    property: true,
  })
  const coordinate = (at: 0 | 1 | 2 | 3) =>
    property(types.float, (shape) => (shape.kind === 'POINT' ? (shape.figures[0]?.[0]?.[at] ?? null) : null))
  const single = (shape: Shape, srid: number, at: number): Cell => {
    const point = shape.kind === 'POINT' || shape.kind === 'LINESTRING' ? pointsOf(shape).at(at) : undefined
    return point ? spatialCell({ kind: 'POINT', figures: [[point]], parts: [] }, srid, type) : null
  }
  return [
    ['STAsText', method(text, (shape) => shapeText(shape, false))],
    ['AsTextZM', method(text, (shape) => shapeText(shape, true))],
    ['ToString', method(text, (shape) => shapeText(shape, true))],
    ['STAsBinary', method(bytes, (shape) => writeWellKnownBinary(shape))],
    ['STGeometryType', method(name, (shape) => kindNames[shape.kind])],
    ['STNumPoints', method(types.int, (shape) => pointsOf(shape).length)],
    ['STNumGeometries', method(types.int, (shape) => (isEmpty(shape) ? 0 : shape.parts.length || 1))],
    ['STIsEmpty', method(types.bit, (shape) => (isEmpty(shape) ? 1 : 0))],
    ['STStartPoint', method(own, (shape, srid) => single(shape, srid, 0))],
    ['STEndPoint', method(own, (shape, srid) => single(shape, srid, -1))],
    [
      'STPointN',
      method(own, (shape, srid, n) => (Number(n) > 0 ? single(shape, srid, Number(n) - 1) : null), [types.int]),
    ],
    [
      'STGeometryN',
      method(
        own,
        (shape, srid, n) => {
          const part = (shape.parts.length > 0 ? shape.parts : [shape])[Number(n) - 1]
          return part ? spatialCell(part, srid, type) : null
        },
        [types.int],
      ),
    ],
    ['STSrid', property(types.int, (_, srid) => srid)],
    ['HasZ', property(types.bit, (shape) => (pointsOf(shape).some(([, , z]) => z !== null) ? 1 : 0))],
    ['HasM', property(types.bit, (shape) => (pointsOf(shape).some(([, , , m]) => m !== null) ? 1 : 0))],
    ['Z', coordinate(2)],
    ['M', coordinate(3)],
    [type === 'geometry' ? 'STX' : 'Long', coordinate(0)],
    [type === 'geometry' ? 'STY' : 'Lat', coordinate(1)],
  ]
}

const path = types.hierarchyid
const pathOf = (cell: Cell | undefined) => decodePath(bytesOf(cell))
const maybe = (cell: Cell | undefined) => (cell === null || cell === undefined ? undefined : pathOf(cell))

const statics: ReadonlyMap<string, ReadonlyMap<string, ClrMethod>> = new Map([
  ['geometry', new Map(spatialStatics('geometry'))],
  ['geography', new Map(spatialStatics('geography'))],
  [
    'hierarchyid',
    new Map<string, ClrMethod>([
      ['Null', { type: path, args: [], property: true, call: () => null }],
      ['GetRoot', { type: path, args: [], call: () => Buffer.alloc(0) }],
      ['Parse', { type: path, args: [text], call: (from) => encodePath(parsePath(String(from))) }],
    ]),
  ],
])

const members: ReadonlyMap<string, ReadonlyMap<string, ClrMethod>> = new Map([
  ['geometry', new Map(spatialMembers('geometry'))],
  ['geography', new Map(spatialMembers('geography'))],
  [
    'hierarchyid',
    new Map<string, ClrMethod>([
      ['ToString', { type: name, args: [], call: (of) => pathText(pathOf(of)) }],
      ['GetLevel', { type: types.smallint, args: [], call: (of) => pathOf(of).length }],
      [
        'GetAncestor',
        {
          type: path,
          args: [types.int],
          call: (of, levels) => {
            const found = ancestor(pathOf(of), Number(levels))
            return found ? encodePath(found) : null
          },
        },
      ],
      [
        'IsDescendantOf',
        { type: types.bit, args: [path], call: (of, parent) => (isDescendant(pathOf(of), pathOf(parent)) ? 1 : 0) },
      ],
      [
        'GetDescendant',
        {
          type: path,
          args: [path, path],
          takesNull: true,
          call: (of, before, after) => encodePath(descendant(pathOf(of), maybe(before), maybe(after))),
        },
      ],
      [
        'GetReparentedValue',
        {
          type: path,
          args: [path, path],
          call: (of, from, to) => encodePath(reparented(pathOf(of), pathOf(from), pathOf(to))),
        },
      ],
    ]),
  ],
])

export const staticMember = (type: string, member: string): ClrMethod | undefined => statics.get(type)?.get(member)
export const instanceMember = (type: string, member: string): ClrMethod | undefined => members.get(type)?.get(member)
export const isClrType = (type: string): boolean => members.has(type)

/** Names that may stand behind a column as a method or a property of its value. */
export const memberNames: ReadonlySet<string> = new Set([...members.values()].flatMap((table) => [...table.keys()]))
