import { computerAccount } from '../../../clients/index.ts'
import { systemClock } from '../../../context/clock.ts'
import { HarnessError } from '../../../context/error.ts'
import type { Random } from '../../../context/random.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import { type Landscape, staysDown } from '../../../landscape/landscape.ts'
import { yamlText } from '../../../landscape/yaml-document.ts'
import { writeAuthorities } from '../../../pki/index.ts'
import { domainOf } from '../hosts-file.ts'
import type { HostImage } from '../images/build.ts'
import { addressBlocks, networkPlan, overlapsThisMachine } from '../network-plan.ts'
import { resolverFile } from '../resolver-file.ts'
import { type ComposePlan, composeFile, inExport, publishedPorts } from './compose-file.ts'
import { hostsBefore } from './host-order.ts'
import { preparedLandscape } from './prepared.ts'
import { readmeOf } from './readme.ts'
import { subnetOf } from './subnet.ts'

const COMPOSE_FILE = 'compose.yaml'

export interface ComposeWish {
  readonly landscape: Landscape
  readonly kinds: ReadonlyMap<string, AnyComponentKind>
  readonly image: HostImage
  readonly random: Random
  /** CIDR; a block of 198.18.0.0/15 by chance when nothing is said. */
  readonly subnet?: string | undefined
  readonly firstPort?: number | undefined
}

/** A file of an export. */
export interface ExportedFile {
  /** Below the folder of the export. */
  readonly path: string
  readonly text: string
  /** Keys or passwords stand in it: for its owner alone. */
  readonly secret: boolean
}

export interface ComposeExport {
  readonly subnet: string
  /** What is otherwise than in a run, for whoever exports. */
  readonly notes: readonly string[]
  /** The Compose file comes last: what is written half way cannot be started. */
  readonly files: readonly ExportedFile[]
}

/** A landscape as a Compose file and what its hosts mount. Everything is made here; nothing is written. */
export async function exportCompose(wish: ComposeWish): Promise<ComposeExport> {
  const { landscape, kinds, image, random, firstPort } = wish
  assertOwnIssuersSuffice(landscape)
  const hosts = landscape.hosts.map(({ name }) => name)
  const block = wish.subnet === undefined ? undefined : subnetOf(wish.subnet, hosts.length)
  const free = addressBlocks(hosts.length, random.fork('network')).find((one) => !overlapsThisMachine(one))
  const network = networkPlan(block ?? free ?? subnetOf('198.18.0.0/15', hosts.length), hosts)
  const before = hostsBefore(landscape, kinds)
  const plan = { landscape, network, image, before, firstPort, notes: notRun(wish) }
  const authorities = await writeAuthorities({ organisation: landscape.organisation, now: systemClock.now(), hosts })
  const prepared = preparedLandscape({
    landscape,
    seed: random.seed,
    computers: hosts.map((name) => computerAccount(name, landscape.domain)),
    ...network,
  })
  const [first] = authorities.values()
  const ports = publishedPorts(plan)
  const domains = [...new Set(landscape.hosts.map(domainOf))]
  const open = (path: string, text: string) => ({ path, text, secret: false })
  const secret = (path: string, document: object) => ({ path, text: `${JSON.stringify(document)}\n`, secret: true })
  return {
    subnet: network.subnet,
    notes: plan.notes,
    files: [
      open('README.md', readmeOf(plan, ports)),
      open('.gitignore', '# Keys and passwords of the landscape.\n/secrets/\n'),
      open(inExport.root, first?.landscape.root ?? ''),
      open('public-root.pem', first?.public.root ?? ''),
      ...domains.map((domain) => open(inExport.resolver(domain, landscape), resolverFile(plan, domain))),
      secret(inExport.landscape, prepared),
      ...Array.from(authorities, ([host, own]) => secret(inExport.authorities(host), own)),
      open(COMPOSE_FILE, `${headOf(plan)}${yamlText(composeFile(plan))}`),
    ],
  }
}

function assertOwnIssuersSuffice({ name, crlUrls }: Landscape): void {
  if (crlUrls === undefined) return
  throw new HarnessError(
    'usage',
    `${name} serves revocation lists (${crlUrls.intermediate}), and each host of an export has an issuer of its own, whose list nobody serves: take crl-distribution-point out`,
  )
}

const headOf = ({ landscape, image }: ComposePlan): string =>
  `# The landscape ${landscape.name}: docker compose up -d. What it needs, and what is secret: README.md.
# Hosts run ${image.name}, which docker save and docker load bring from machine to machine.
`

/** Vendors' images that a run would start beside its hosts: there is nobody here who could. */
const notRun = ({ landscape, kinds }: ComposeWish): readonly string[] =>
  landscape.hosts.flatMap(({ name, components }) =>
    components
      .filter((component) => !staysDown(landscape, component))
      .flatMap(({ kind, settings }) =>
        // The settings were parsed by this kind's own schema when the landscape was resolved.
        (kinds.get(kind)?.images?.(settings as never) ?? []).map(
          (wanted) => `${name}: ${kind} is simulated; only --engine docker runs ${wanted.name}`,
        ),
      ),
  )
