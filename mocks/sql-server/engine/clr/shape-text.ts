import { type Point, partKind, type Shape } from './shape.ts'

/** Well-known text without Z and M (STAsText), or with them (ToString, AsTextZM). */
export const shapeText = (shape: Shape, withZM: boolean): string => `${shape.kind} ${body(shape, withZM)}`

function body(shape: Shape, withZM: boolean): string {
  const { kind, figures, parts } = shape
  if (figures.length === 0 && parts.length === 0) return 'EMPTY'
  if (kind === 'POINT' || kind === 'LINESTRING') return figureText(figures[0] ?? [], withZM)
  if (kind === 'POLYGON') return `(${figures.map((ring) => figureText(ring, withZM)).join(', ')})`
  const tagged = partKind[kind] === undefined
  return `(${parts.map((part) => (tagged ? shapeText(part, withZM) : body(part, withZM))).join(', ')})`
}

const figureText = (points: readonly Point[], withZM: boolean): string =>
  `(${points.map((point) => pointText(point, withZM)).join(', ')})`

function pointText([x, y, z, m]: Point, withZM: boolean): string {
  const plain = `${numberText(x)} ${numberText(y)}`
  if (!withZM || (z === null && m === null)) return plain
  const third = z === null ? 'NULL' : numberText(z)
  return m === null ? `${plain} ${third}` : `${plain} ${third} ${numberText(m)}`
}

/** A double as .NET's round-trip form writes it: with a power of ten from 1E+15 up and below 1E-04. */
export function numberText(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude >= 1e-4 && magnitude < 1e15) return String(value)
  const [mantissa, power = '0'] = value.toExponential().split('e')
  return `${mantissa}E${power.startsWith('-') ? '-' : '+'}${power.replace(/^[-+]/, '').padStart(2, '0')}`
}
