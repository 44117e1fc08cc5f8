import { HarnessError } from '../../../harness/context/error.ts'
import type { LandscapeSpec } from '../../../harness/landscape/index.ts'
import { parseLandscape, resolveLandscape } from '../../../harness/landscape/index.ts'
import { sampleKinds } from './sample-kinds.ts'

/** `code: message` of the harness error that the work throws. */
export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof HarnessError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was refused'
}

/** Parses and resolves a file named lab.yaml. */
export function load(text: string, change: (spec: LandscapeSpec) => LandscapeSpec = (spec) => spec) {
  const { spec, positions } = parseLandscape(text, { fileName: 'lab.yaml' }, sampleKinds)
  return resolveLandscape(change(spec), sampleKinds, { positions })
}

export const refusedFile = (text: string): string => refusalOf(() => load(text))
