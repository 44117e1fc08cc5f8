import type { ComponentHost } from '../../../harness/host/component-host.ts'

/** Whatever no rule names is not found: the browser can reach nothing outside the landscape. */
const NOTHING_ELSE = 'MAP * ~NOTFOUND'

const usualPorts = [80, 443]

/**
 * How the host sees the world, as `--host-resolver-rules`: every name that its resolver knows now, and each port where ports are
 * moved on this machine.
 */
export async function resolverRules(
  host: Pick<ComponentHost, 'names' | 'lookup' | 'route'>,
  asked: readonly URL[],
): Promise<string> {
  const names = new Set(
    [...(await host.names()), ...asked.map(({ hostname }) => hostname)].map((name) => name.toLowerCase()),
  )
  const ports = new Set([...usualPorts, ...asked.map(portOf)])
  const rules = await Promise.all([...names].map((name) => rulesOf(host, name, ports)))
  return [...rules.flat(), NOTHING_ELSE].join(', ')
}

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'http:' ? 80 : 443))

async function rulesOf(
  host: Pick<ComponentHost, 'lookup' | 'route'>,
  name: string,
  ports: ReadonlySet<number>,
): Promise<readonly string[]> {
  const address = await addressOf(host, name)
  if (address === undefined) return []
  const moved = [...ports].flatMap((port) => {
    const there = host.route(name, port).port
    return there === port ? [] : [`MAP ${name}:${port} ${address}:${there}`]
  })
  return [...moved, `MAP ${name} ${address}`]
}

/** Undefined for a name that the host cannot resolve, whatever the reason: Chromium then finds out for itself. */
function addressOf({ lookup }: Pick<ComponentHost, 'lookup'>, name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    lookup(name, {}, (error, address) => {
      if (error) resolve(undefined)
      else resolve(typeof address === 'string' ? address : address[0]?.address)
    })
  })
}
