import { giveAddresses } from './addresses.ts'
import { checkSpec } from './check-spec.ts'
import { resolveComponents } from './components.ts'
import { crlUrlsAmong } from './crl-urls.ts'
import { type RootName, rootNames } from './fault.ts'
import { checkFaultHosts } from './fault-hosts.ts'
import { concreteFlows } from './flows.ts'
import { hostNames } from './host-names.ts'
import type { KindDescription } from './kind.ts'
import type { ComponentSpec, Landscape, NameServer } from './landscape.ts'
import { invalidBy, type Path, type Positions, type Problem } from './problem.ts'
import { revokedProblems } from './revoked-leaves.ts'
import type { CheckedSpec, LandscapeSpec } from './schema.ts'
import { childOf } from './schema-walk.ts'
import { checkSharedPorts } from './shared-ports.ts'
import { siteFinder } from './sites.ts'
import { type StartOrder, startOrder } from './start-order.ts'

export interface ResolveOptions {
  /** Where the parts stand in the file, so that errors name line and column. */
  readonly positions?: Positions | undefined
}

/**
 * Checks a landscape and works everything out that it leaves to defaults. `setting` and `distrust` faults are applied to
 * settings and trust stores here, and stay in `faults` for reports; all others are the engine's to apply.
 * Throws `landscape-invalid` with every problem that was found.
 */
export function resolveLandscape(
  spec: LandscapeSpec,
  kinds: readonly KindDescription[],
  { positions }: ResolveOptions = {},
): Landscape {
  const checked = checkSpec(spec, kinds, positions)
  const problems: Problem[] = []
  const siteOf = siteFinder(checked, problems)
  const names = hostNames(checked, problems, siteOf)
  const addresses = giveAddresses(checked, siteOf, problems)
  checkFaultHosts(checked, problems)
  const { components, kindOf } = resolveComponents(spec, checked, kinds, problems)
  checkSharedPorts(components, problems)
  if (problems.length > 0) throw invalidBy(problems, positions)

  const crlUrls = crlUrlsAmong(components, kinds, (host) => names.get(host)?.fqdn ?? host)
  problems.push(...revokedProblems(components, crlUrls !== undefined, spec))
  if (problems.length > 0) throw invalidBy(problems, positions)

  const nameServers = nameServersAmong(components, kinds)
  const serves = ({ host, kind }: ComponentSpec) =>
    nameServers.some((server) => server.host === host && server.kind === kind)
  const order = startOrder([...components.filter(serves), ...components.filter((other) => !serves(other))], kindOf)
  if ('cycle' in order) throw invalidBy([cycleProblem(order, spec)], positions)
  const byHost = Map.groupBy(components, ({ host }) => host)
  return {
    name: checked.landscape,
    domain: checked.domain,
    organisation: checked.organisation,
    patienceMs: checked.patienceMs,
    firewallDefault: checked.firewall.default,
    sites: Object.entries(checked.sites).map(([name, site]) => ({ name, delayMs: site?.delayMs ?? 0 })),
    hosts: Object.entries(checked.hosts).map(([name, host]) => ({
      name,
      fqdn: names.get(name)?.fqdn ?? name,
      aliases: names.get(name)?.aliases ?? [],
      site: siteOf(name),
      address: addresses.get(name) ?? '',
      clockSkewMs: host?.clockSkewMs ?? 0,
      trusts: trustedRoots(name, checked),
      components: byHost.get(name) ?? [],
    })),
    flows: concreteFlows(Object.keys(checked.hosts), components, kinds),
    nameServers,
    ...(crlUrls && { crlUrls }),
    startOrder: order.order,
    faults: checked.deviations,
    expectations: checked.expect.map(({ scenario, text }) => (text === undefined ? { scenario } : { scenario, text })),
    skips: checked.skips,
  }
}

const trustedRoots = (name: string, { hosts, deviations }: CheckedSpec): readonly RootName[] =>
  (hosts[name]?.trusts ?? rootNames).filter(
    (root) => !deviations.some((fault) => fault.fault === 'distrust' && fault.at === name && fault.root === root),
  )

function nameServersAmong(
  components: readonly ComponentSpec[],
  kinds: readonly KindDescription[],
): readonly NameServer[] {
  const serving = new Map(kinds.map(({ kind, nameServer }) => [kind, nameServer]))
  return components.flatMap(({ host, kind, listens }) => {
    const id = serving.get(kind)
    const listen = listens.find((candidate) => id !== undefined && candidate.id === id)
    return listen ? [{ host, kind, port: listen.port }] : []
  })
}

function cycleProblem({ cycle, closedBy }: Extract<StartOrder, { cycle: unknown }>, spec: LandscapeSpec): Problem {
  const path: Path = ['hosts', closedBy.host, 'runs', closedBy.kind, closedBy.reference]
  const ring = [...cycle, ...cycle.slice(0, 1)].map(({ host, kind }) => `${host}.${kind}`).join(' → ')
  const isWritten = path.reduce<unknown>(childOf, spec) !== undefined
  const text = `closes a cycle, so that nothing in it can start first: ${ring}`
  return { path, part: isWritten ? 'value' : 'absent', text }
}
