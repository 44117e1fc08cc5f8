import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { codeOf } from '../context/error.ts'
import type { CaseResult } from '../context/events.ts'
import { stateFolder } from '../context/run-folder.ts'

/** One file for each landscape: by the file's whole path, so that two of one name do not share it. */
function pathFor(source: string): string {
  const folder = join(stateFolder(), 'last-failures')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = /[./\\]/.test(source) ? createHash('sha256').update(resolve(source)).digest('hex').slice(0, 16) : source
  return join(folder, `${name.replaceAll(/[^\w-]/g, '_')}.json`)
}

/** Case ids that failed when this landscape was last verified; undefined when it never was. */
export function lastFailures(source: string): readonly string[] | undefined {
  try {
    const ids: unknown = JSON.parse(readFileSync(pathFor(source), 'utf8'))
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Remembers what failed. Cases that were not run keep what is known of them. */
export function keepFailures(source: string, results: readonly CaseResult[]): void {
  const ran = new Set(results.map((result) => result.id))
  const failed = results.filter((result) => result.outcome === 'failed').map((result) => result.id)
  const others = (lastFailures(source) ?? []).filter((id) => !ran.has(id))
  writeFileSync(pathFor(source), `${JSON.stringify([...others, ...failed], undefined, 2)}\n`, { mode: 0o600 })
}
