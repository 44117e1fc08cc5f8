import { spawn } from 'node:child_process'
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
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`${program} did not start: ${error.message}`)
  process.exitCode = 3
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 3)
})
