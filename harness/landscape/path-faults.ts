import type { PathFault, TrafficFault } from './fault.ts'
import type { Landscape } from './landscape.ts'

/** A fault as what it does to the traffic to single hosts: a site that is cut off loses all that passes its border. */
export function pathFaultsOf(fault: TrafficFault, { hosts }: Pick<Landscape, 'hosts'>): readonly PathFault[] {
  if (fault.fault !== 'cut-site') return [fault]
  const within = hosts.filter(({ site }) => site === fault.site)
  const outside = hosts.filter(({ site }) => site !== fault.site)
  return within.flatMap((here) =>
    outside.flatMap((there): PathFault[] => [
      { fault: 'drop', from: here.name, to: there.name },
      { fault: 'drop', from: there.name, to: here.name },
    ]),
  )
}
