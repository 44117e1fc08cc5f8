import type { Engine } from '../engine.ts'

/** The landscape in containers: every host has a network namespace, an address and a firewall of its own. */
export const dockerEngine: Engine = {
  name: 'docker',
  start: async (start) => (await import('./start.ts')).startDocker(start),
}
