/** Values of geometry and geography made and taken apart. */
import type { Cell } from '../../tds/data-type.ts'
import { unsupported } from '../sql-error.ts'
import { clrError, formatError } from './clr-error.ts'
import { type Point, pointsOf, type Shape } from './shape.ts'
import { decodeSpatial, encodeSpatial } from './spatial-bytes.ts'

export type SpatialType = 'geometry' | 'geography'

export function spatialCell(shape: Shape, srid: number, type: SpatialType): Cell {
  if (type === 'geography') checkGeography(shape, srid)
  else if (srid < 0 || srid > 999_999)
    throw clrError(
      type,
      'System.ArgumentException',
      '24204: The spatial reference identifier (SRID) is not valid. SRIDs must be between 0 and 999999.',
    )
  return encodeSpatial({ srid, shape }, type === 'geography')
}

export const spatialOf = (cell: Cell, type: SpatialType) =>
  decodeSpatial(cell instanceof Uint8Array ? cell : Buffer.alloc(0), type === 'geography')

/** The coordinate systems of sys.spatial_reference_systems lie between these, with holes that are not modelled. */
const firstSystem = 4120
const lastSystem = 4999
const unitSphere = 104_001

function checkGeography(shape: Shape, srid: number): void {
  if ((srid < firstSystem || srid > lastSystem) && srid !== unitSphere)
    throw clrError(
      'geography',
      'System.ArgumentException',
      '24204: The spatial reference identifier (SRID) is not valid. The specified SRID must match one of the supported SRIDs displayed in the sys.spatial_reference_systems catalog view.',
    )
  for (const [longitude, latitude] of pointsOf(shape)) {
    if (Math.abs(latitude) > 90)
      throw formatError('geography', '24201: Latitude values must be between -90 and 90 degrees.')
    if (Math.abs(longitude) > 15_069)
      throw formatError('geography', '24202: Longitude values must be between -15069 and 15069 degrees.')
  }
  checkRings(shape)
}

/** What lies left of an outer ring is inside: one that goes clockwise takes in the rest of the globe. */
function checkRings(shape: Shape): void {
  shape.parts.forEach(checkRings)
  const [outer] = shape.figures
  if (shape.kind === 'POLYGON' && outer && turning(outer) <= 0)
    throw unsupported('a geography whose outer ring goes clockwise, larger than a hemisphere')
}

/** Twice the area between a ring and the origin: above zero when it goes counter-clockwise. */
const turning = (ring: readonly Point[]): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y]
    return sum + x * nextY - nextX * y
  }, 0)
