/** Conversions to and from CLR types: a text is parsed and written, bytes are taken as they are once they have been read. */
import { type Cell, type DataType, familyOf } from '../../tds/data-type.ts'
import { errors } from '../errors.ts'
import { instanceMember, parseSpatial } from './clr-methods.ts'
import { decodePath, encodePath, parsePath } from './hierarchy-id.ts'
import { spatialOf } from './spatial-value.ts'

export function toClr(cell: Exclude<Cell, null>, from: DataType, to: DataType): Cell {
  if (from.name === to.name) return cell
  const family = familyOf(from)
  const spatial = to.name === 'geometry' || to.name === 'geography' ? to.name : undefined
  if (family === 'text') return spatial ? parseSpatial(String(cell), spatial) : encodePath(parsePath(String(cell)))
  if (family !== 'binary' || !(cell instanceof Uint8Array)) throw errors.explicitNeeded(from.name, to.name)
  if (spatial) spatialOf(cell, spatial)
  else decodePath(cell)
  return cell
}

export const clrText = (cell: Exclude<Cell, null>, from: DataType): string =>
  String(instanceMember(from.name, 'ToString')?.call(cell) ?? '')
