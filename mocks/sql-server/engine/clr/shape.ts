/** A geometry or geography as its texts and bytes describe it. */

/** x and y of geometry, longitude and latitude of geography, then Z and M where there are any. */
export type Point = readonly [x: number, y: number, z: number | null, m: number | null]

/** With the numbers that [MS-SSCLRT] 2.1.5 (ShapeType) gives them. */
export const shapeTypes = {
  POINT: 1,
  LINESTRING: 2,
  POLYGON: 3,
  MULTIPOINT: 4,
  MULTILINESTRING: 5,
  MULTIPOLYGON: 6,
  GEOMETRYCOLLECTION: 7,
} as const
export type ShapeKind = keyof typeof shapeTypes

export interface Shape {
  readonly kind: ShapeKind
  /** The point, the line, or the rings of the polygon; nothing where it is empty, or made of parts. */
  readonly figures: readonly (readonly Point[])[]
  readonly parts: readonly Shape[]
}

export interface Spatial {
  readonly srid: number
  readonly shape: Shape
}

export const kindNames: Readonly<Record<ShapeKind, string>> = {
  POINT: 'Point',
  LINESTRING: 'LineString',
  POLYGON: 'Polygon',
  MULTIPOINT: 'MultiPoint',
  MULTILINESTRING: 'MultiLineString',
  MULTIPOLYGON: 'MultiPolygon',
  GEOMETRYCOLLECTION: 'GeometryCollection',
}

/** What the parts of a MULTI… are; a collection has parts of any kind. */
export const partKind: Readonly<Partial<Record<ShapeKind, ShapeKind>>> = {
  MULTIPOINT: 'POINT',
  MULTILINESTRING: 'LINESTRING',
  MULTIPOLYGON: 'POLYGON',
}

export const pointsOf = (shape: Shape): readonly Point[] => [
  ...shape.figures.flat(),
  ...shape.parts.flatMap((part) => pointsOf(part)),
]

export const isEmpty = (shape: Shape): boolean => shape.figures.length === 0 && shape.parts.every(isEmpty)
