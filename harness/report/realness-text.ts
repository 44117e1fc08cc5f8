import type { Realness } from '../context/realness.ts'
import { visibleText } from './visible-text.ts'

export interface ComponentRealness extends Realness {
  readonly host: string
  readonly kind: string
}

/** `nginx 1.22.1 (real)`, `simulated`. */
export const realnessText = ({ real, version }: Realness): string =>
  real ? `${visibleText(version ?? 'unknown version')} (real)` : 'simulated'

/** `(simulated)`, `(1 real, 8 simulated)`: behind the number of components. */
export function realCountText(components: readonly Realness[], total: number): string {
  const real = components.filter((component) => component.real).length
  if (real === 0) return '(simulated)'
  return real === total ? '(real)' : `(${real} real, ${total - real} simulated)`
}

/** A line for all that is real, none where nothing is. */
export function realLines(components: readonly ComponentRealness[]): string[] {
  const real = components.filter((component) => component.real)
  if (real.length === 0) return []
  const named = real.map(({ host, kind, version }) => `${host}.${kind} ${version ?? 'unknown version'}`)
  return [`real: ${visibleText(named.join(', '))}`]
}

/** A line for each thing that whoever relies on the result must know. */
export const realnessWarnings = (components: readonly ComponentRealness[]): string[] =>
  components.flatMap(({ host, kind, warning }) =>
    warning === undefined ? [] : [visibleText(`${host}.${kind}: ${warning}`)],
  )
