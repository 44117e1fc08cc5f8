import type { ComponentSpec } from './landscape.ts'
import type { Problem } from './problem.ts'

/** Reports ports that two components of one host would open. */
export function checkSharedPorts(components: readonly ComponentSpec[], problems: Problem[]): void {
  const owners = new Map<string, string>()
  for (const { host, kind, listens } of components) {
    for (const { port, protocol } of listens) {
      const key = `${host} ${port} ${protocol}`
      const owner = owners.get(key)
      if (owner === undefined) {
        owners.set(key, kind)
        continue
      }
      const text = `opens port ${port}/${protocol}, which ${owner} opens on the same host; give one another port`
      problems.push({ path: ['hosts', host, 'runs', kind], part: 'key', text })
    }
  }
}
