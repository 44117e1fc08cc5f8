import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'

const options: SpawnOptions = { stdio: 'ignore', windowsHide: true }

/**
 * Runs a Node program when a processor has nothing else to do: on Linux in the scheduler's idle class (sched(7),
 * SCHED_IDLE), which never delays what wakes up, and elsewhere at low priority. Both hold from its first instruction on.
 */
export function backgroundNode(args: readonly string[]): ChildProcess {
  if (process.platform === 'linux') {
    // `chrt` becomes the program. It is of util-linux, or of BusyBox, and there is hardly a Linux without it.
    const idle = quietly(spawn('chrt', ['-i', '0', process.execPath, ...args], options))
    if (idle.pid !== undefined) return idle
  }
  const low = quietly(spawn(process.execPath, args, options))
  if (low.pid !== undefined) setPriority(low.pid, constants.priority.PRIORITY_LOW)
  return low
}

// A program that cannot be started has no pid; its `error` is for nobody.
function quietly(child: ChildProcess): ChildProcess {
  return child.on('error', () => {})
}
