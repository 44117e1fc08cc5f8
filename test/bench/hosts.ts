import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench, Figure } from './bench.ts'
import type { HostCosts } from './hosts-process.ts'

const SIZES = [10, 20, 100, 1_000]

/** What so many hosts cost, each with one TLS endpoint: a process for each size, which has everything loaded by then. */
export const hosts: Bench = {
  name: 'hosts',
  title: 'Hosts with one TLS endpoint each',
  async run() {
    const figures: Figure[] = []
    for (const count of SIZES) {
      const { startMs, stopMs, memoryKib } = await costsOf(count)
      const [toStart, toStop] = requirements(count)
      figures.push({ name: `${count} hosts: start`, value: startMs, unit: 'ms', ...toStart })
      figures.push({ name: `${count} hosts: stop`, value: stopMs, unit: 'ms', ...toStop })
      figures.push({ name: `${count} hosts: start, each`, value: startMs / count, unit: 'ms' })
      figures.push({ name: `${count} hosts: memory, each`, value: memoryKib / count, unit: 'KiB' })
    }
    const each = (count: number) =>
      figures.find(({ name }) => name === `${count} hosts: start, each`)?.value ?? Number.NaN
    const growth = { name: 'start, each: 1000 hosts / 100 hosts', value: each(1_000) / each(100), unit: '×' }
    return [...figures, { ...growth, required: { atMost: 1.25 } }]
  },
}

function requirements(count: number): readonly Pick<Figure, 'required'>[] {
  if (count === 20) return [{ required: { atMost: 200 } }, { required: { atMost: 50 } }]
  return count === 1_000 ? [{ required: { atMost: 2_000 } }] : []
}

async function costsOf(count: number): Promise<HostCosts> {
  const child = fork(join(import.meta.dirname, 'hosts-process.ts'), [String(count)], { execArgv: ['--expose-gc'] })
  const [costs] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${count} hosts: exit ${code}`))),
  ])
  if (child.exitCode === null) await once(child, 'exit')
  return costs as HostCosts // our own hosts-process.ts is the only sender
}
