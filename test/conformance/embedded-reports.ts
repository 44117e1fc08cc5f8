/**
 * Prints what every client reports on the embedded engine under the faults that are its arguments, as JSON. A program of
 * its own, because only in a network namespace does that engine send ICMP, and from there no container is reached.
 */
import { startLab } from './engine-pair.ts'
import { type Report, reportsUnder } from './reports.ts'

await using running = await startLab('embedded')
const all: Record<string, Readonly<Record<string, Report>>> = {}
for (const fault of process.argv.slice(2)) all[fault] = await reportsUnder(running.lab, fault, running.rootFile)
process.stdout.write(`${JSON.stringify(all)}\n`)
