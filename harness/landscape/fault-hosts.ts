import { type Fault, isTrafficFault } from './fault.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

/** Reports faults between or at hosts that are not there. */
export function checkFaultHosts({ deviations, hosts }: CheckedSpec, problems: Problem[]): void {
  for (const [index, fault] of deviations.entries()) {
    for (const [end, name] of hostsOf(fault)) {
      if (name === undefined || Object.hasOwn(hosts, name)) continue
      const text = `there is no host "${name}"${suggestion(name, Object.keys(hosts), 'hosts')}`
      problems.push({ path: ['deviations', index, end], part: 'value', text })
    }
  }
}

/** The hosts that a fault names, by the key that names them. */
export function hostsOf(fault: Fault): readonly (readonly [key: string, host: string | undefined])[] {
  if (fault.fault === 'distrust') return [['at', fault.at]]
  return isTrafficFault(fault)
    ? [
        ['from', fault.from],
        ['to', fault.to],
      ]
    : []
}
