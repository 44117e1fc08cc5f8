import { expect } from 'vitest'
import type { Report } from './reports.ts'

/** A difference between the engines that is known and has its reason. */
export interface Difference {
  readonly fault: string
  readonly client: string
  readonly why: string
}

/** Kept small: everything else that differs is a bug. A row whose engines agree is red. */
const differences: readonly Difference[] = []

type Reports = Readonly<Record<string, Report>>

/** Each client reports the same on both engines, or a row says why not; a row that is not needed any more is red. */
export function expectSame(fault: string, inContainers: Reports, inProcess: Reports, rows = differences): void {
  const known = rows.filter((row) => row.fault === fault)
  const unknown = (reports: Reports) =>
    Object.fromEntries(Object.entries(reports).filter(([client]) => known.every((row) => row.client !== client)))
  expect(unknown(inContainers)).toEqual(unknown(inProcess))
  for (const { client, why } of known) {
    const needless = `the engines agree again about ${client}: take this row out: ${why}`
    expect(inContainers[client], needless).not.toEqual(inProcess[client])
  }
}
