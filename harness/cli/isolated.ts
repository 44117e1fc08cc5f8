import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { enterNamespace, namespaceSupport } from '../engines/embedded/namespace.ts'

/**
 * Runs a program of node_modules/.bin in a network namespace of its own where the kernel allows it: documented ports
 * are free there whatever else runs on this machine. `node harness/cli/isolated.ts PROGRAM …`
 */
const support = await namespaceSupport()
if (support.available) enterNamespace()
else console.warn(`running on this machine's own network: ${support.reason}`)

const [program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32' })
// Ctrl-C reaches the program by the terminal, and a second one would end it without its cleaning up.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`${program} did not start: ${error.message}`)
  process.exitCode = 3
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
})
