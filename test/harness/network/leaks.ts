import { readdirSync } from 'node:fs'

/** Open descriptors and active resources of this process, to compare before and after. */
export async function openThings(): Promise<{ descriptors: number; resources: Record<string, number> }> {
  // Closed handles leave the list in the next turns of the loop.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) {
    if (/TCP|Message|Worker/.test(name)) resources[name] = (resources[name] ?? 0) + 1
  }
  return { descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0, resources }
}
