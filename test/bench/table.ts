import { type Figure, reached } from './bench.ts'

interface Rows {
  readonly title: string
  readonly figures: readonly Figure[]
  readonly failure?: string
  readonly skipped?: string
}

/** A bench's figures as text: value, what is required, and whether it is reached. */
export function table({ title, figures, failure, skipped }: Rows): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${short(figure.value)} ${figure.unit}`,
    asked(figure),
    verdict(figure),
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 0))
  const lines = rows.map(([name = '', value = '', required = '', said = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${required.padEnd(widths[2] ?? 0)}  ${said}`.trimEnd(),
  )
  return [
    title,
    ...lines,
    ...(failure === undefined ? [] : [`  did not run: ${failure.replaceAll('\n', '\n  ')}`]),
    ...(skipped === undefined ? [] : [`  skipped: ${skipped}`]),
    '',
  ].join('\n')
}

function short(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return value.toFixed(0)
  return value.toFixed(magnitude >= 10 ? 1 : 2)
}

function asked({ required, unit }: Figure): string {
  if (required === undefined) return ''
  return 'atMost' in required ? `≤ ${required.atMost} ${unit}` : `≥ ${required.atLeast} ${unit}`
}

function verdict(figure: Figure): string {
  const is = reached(figure)
  return is === undefined ? '' : is ? 'reached' : 'NOT REACHED'
}
