import { computerAccount } from '../../../clients/index.ts'
import { systemClock } from '../../../context/clock.ts'
import { HarnessError } from '../../../context/error.ts'
import type { Random } from '../../../context/random.ts'
import type { AnyComponentKind } from '../../../host/component.ts'
import type { Landscape } from '../../../landscape/landscape.ts'
import { yamlText } from '../../../landscape/yaml-document.ts'
import { writeAuthorities } from '../../../pki/index.ts'
import { domainOf } from '../hosts-file.ts'
import type { HostImage } from '../images/build.ts'
import { addressBlocks, networkPlan, overlapsThisMachine } from '../network-plan.ts'
import { resolverFile } from '../resolver-file.ts'
import { type Beside, besidesOf, passwordFile, passwordText } from './beside-service.ts'
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
  /** What whoever starts it should know. */
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
  const besides = besidesOf(landscape, kinds)
  const plan = { landscape, network, image, before, firstPort, besides, notes: besides.map(besideNote) }
  const authorities = await writeAuthorities({ organisation: landscape.organisation, now: systemClock.now(), hosts })
  const prepared = preparedLandscape({
    landscape,
    seed: random.seed,
    computers: hosts.map((name) => computerAccount(name, landscape.domain)),
    ...network,
    firstPasswords: Object.fromEntries(besides.map(({ service, firstPassword }) => [service, firstPassword])),
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
      ...besides.map((one) => ({ path: passwordFile(one), text: passwordText(one), secret: true })),
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

/** A vendor's program is real, and may want its licence accepted by whoever starts it. */
function besideNote({ host, service, wanted: { name, beside, licence } }: Beside): string {
  const real = `${host}: ${beside.program} is ${name} itself, in the service ${service}`
  if (licence === undefined || licence.accepted) return real
  return `${real}; it starts only where ${licence.variable}=Y accepts its licence (${licence.address})`
}
