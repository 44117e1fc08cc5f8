import { HarnessError } from '../../context/error.ts'

/** How long a container may take until its program listens, milliseconds; 60 s without it. */
export const READY_VARIABLE = 'LANDSCAPE_CONTAINER_READY_MS'

const DEFAULT_MS = 60_000

/** Fails with `usage` when the environment says nonsense. */
export function containerReadyMs(): number {
  const given = process.env[READY_VARIABLE]
  if (given === undefined) return DEFAULT_MS
  const ms = Number(given)
  if (Number.isSafeInteger(ms) && ms > 0) return ms
  throw new HarnessError('usage', `${READY_VARIABLE} is "${given}"; it is a number of milliseconds, as ${DEFAULT_MS}`)
}
