import { HarnessError } from '../context/error.ts'
import { BoundPort } from './bound-port.ts'

/**
 * Looks whether a program already answers `port` on every address, or at `onAddress`, which should be unused otherwise.
 * The error, if any, names that program's address, and its pid and name where /proc tells.
 */
export async function findStranger(port: number, onAddress: string): Promise<HarnessError | undefined> {
  try {
    const bound = await BoundPort.open({ address: onAddress, port }, { backlog: 1 }, (socket) => socket.destroy())
    await bound[Symbol.asyncDispose]()
    return undefined
  } catch (error) {
    if (error instanceof HarnessError) return error
    throw error
  }
}
