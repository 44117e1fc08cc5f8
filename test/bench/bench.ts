/** What a figure must reach, from the project's own requirement. */
export type Required = { readonly atMost: number } | { readonly atLeast: number }

/** One measured number. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** `ms`, `µs`, `MB/s`, `/s`, `KiB`, or `×` for a ratio. */
  readonly unit: string
  readonly required?: Required
}

/** A bench: one idea, measured in a process of its own. Throws when what it needs is not there. */
export interface Bench {
  readonly name: string
  readonly title: string
  /** Why it is skipped here; undefined where it runs. */
  missing?(): Promise<string | undefined>
  run(): Promise<readonly Figure[]>
}

/** Undefined where nothing is required. */
export function reached({ value, required }: Figure): boolean | undefined {
  if (required === undefined) return undefined
  return 'atMost' in required ? value <= required.atMost : value >= required.atLeast
}
