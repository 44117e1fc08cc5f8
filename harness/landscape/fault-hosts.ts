import { isTrafficFault } from './fault.ts'
import { suggestion } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { CheckedSpec } from './schema.ts'

/** Reports traffic faults between hosts that are not there. */
export function checkFaultHosts({ deviations, hosts }: CheckedSpec, problems: Problem[]): void {
  for (const [index, fault] of deviations.entries()) {
    if (!isTrafficFault(fault)) continue
    for (const end of ['from', 'to'] as const) {
      const name = fault[end]
      if (name === undefined || Object.hasOwn(hosts, name)) continue
      const text = `there is no host "${name}"${suggestion(name, Object.keys(hosts), 'hosts')}`
      problems.push({ path: ['deviations', index, end], part: 'value', text })
    }
  }
}
