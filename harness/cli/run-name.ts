import { HarnessError } from '../context/error.ts'
import { nameTaken, runFiles } from '../host/run-file.ts'

/** The wanted name, which must be free; else the landscape's own, numbered when that is taken. */
export function freeRunName(wanted: string | undefined, landscape: string): string {
  const taken = new Map(runFiles().map((run) => [run.name, run]))
  if (wanted !== undefined) {
    const holder = taken.get(wanted)
    if (holder) throw nameTaken(holder)
    return wanted
  }
  const base =
    landscape
      .replaceAll(/[^a-zA-Z0-9_-]+/g, '-')
      .replace(/^-+/, '')
      .slice(0, 58) || 'landscape'
  for (let number = 1; number < 1000; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!taken.has(name)) return name
  }
  throw new HarnessError('usage', `a thousand runs of ${landscape} are up; end some: landscape down --all`)
}
