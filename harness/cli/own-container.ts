import { HarnessError } from '../context/error.ts'

/** In the container of a host that nobody drives, every program sees what the host sees. */
export function refuseInOwnContainer(engine: string, host: string): void {
  if (engine !== 'compose') return
  throw new HarnessError('usage', `in this container every program sees what ${host} sees: run it as it is`)
}
