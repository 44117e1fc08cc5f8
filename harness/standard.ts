import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { browser } from '../mocks/browser/kind.ts'
import { crlDistributionPoint } from '../mocks/crl-distribution-point/kind.ts'
import { directory } from '../mocks/directory/kind.ts'
import { dnsServer } from '../mocks/dns-server/kind.ts'
import { identityManagerAgent } from '../mocks/identity-manager/agent/kind.ts'
import { identityManagerServer } from '../mocks/identity-manager/server/kind.ts'
import { identityProvider } from '../mocks/identity-provider/kind.ts'
import { addOn } from '../mocks/password-secure/add-on/kind.ts'
import { appServer } from '../mocks/password-secure/app-server/kind.ts'
import { client } from '../mocks/password-secure/client/kind.ts'
import { licenseServer } from '../mocks/password-secure/license-server/kind.ts'
import { smtpServer } from '../mocks/smtp-server/kind.ts'
import { sqlServer } from '../mocks/sql-server/kind.ts'
import type { LocalSqlServer, LocalSqlServerOptions } from '../mocks/sql-server/local-server.ts'
import { webServer } from '../mocks/web-server/kind.ts'
import { HarnessError } from './context/error.ts'
import { dockerEngine } from './engines/docker/engine.ts'
import { embeddedEngine } from './engines/embedded/engine.ts'
import type { AnyComponentKind } from './host/component.ts'
import {
  applySettings,
  type KindDescription,
  type Landscape,
  type LandscapeFile,
  type LandscapeSpec,
  parseFault,
  readLandscapeFile,
  resolveLandscape,
  suggestion,
} from './landscape/index.ts'
import { standardProbes } from './probes/index.ts'
import type { AnyScenario } from './scenario/index.ts'
import { type RunningLandscape, type StartOptions, startResolved } from './start-landscape.ts'

/** A built-in landscape's name, a file's path, or a landscape written in TypeScript. */
export type LandscapeSource = string | LandscapeSpec

const all: readonly AnyComponentKind[] = [
  sqlServer,
  directory,
  dnsServer,
  crlDistributionPoint,
  smtpServer,
  webServer,
  appServer,
  client,
  addOn,
  licenseServer,
  identityManagerServer,
  identityManagerAgent,
  identityProvider,
  browser,
]

/** Every component kind that the project brings, by name. */
export const kinds: ReadonlyMap<string, AnyComponentKind> = new Map(all.map((kind) => [kind.kind, kind]))

// The model hands each kind only settings that its own schema has parsed, so the narrower parameter is safe.
const descriptions = all as unknown as readonly KindDescription[]

export const kindDescriptions = (): readonly KindDescription[] => descriptions

export const probes = standardProbes

const engines = new Map([embeddedEngine, dockerEngine].map((engine) => [engine.name, engine]))

const LANDSCAPES = new URL('../scenarios/landscapes/', import.meta.url)

/** The landscape that is meant where none is named. */
export const DEFAULT_LANDSCAPE = 'full'

/** Built-in landscapes: name → file. */
export function builtInLandscapes(): ReadonlyMap<string, string> {
  const files = readdirSync(LANDSCAPES).filter((file) => file.endsWith('.yaml'))
  return new Map(files.sort().map((file) => [file.slice(0, -'.yaml'.length), fileURLToPath(new URL(file, LANDSCAPES))]))
}

/** Every scenario that the project brings. */
export async function scenarios(): Promise<readonly AnyScenario[]> {
  const [{ passwordSecure }, { identityManager }] = await Promise.all([
    import('../scenarios/password-secure/index.ts'),
    import('../scenarios/identity-manager/index.ts'),
  ])
  return [...passwordSecure, ...identityManager]
}

/** Reads, checks and resolves a landscape, with what `--with` and `--set` add. */
export async function loadLandscape(
  source: LandscapeSource,
  options: Pick<StartOptions, 'with' | 'set' | 'patienceMs'> = {},
): Promise<Landscape> {
  const file = await fileOf(source)
  const deviations = (options.with ?? []).map((fault) => (typeof fault === 'string' ? parseFault(fault) : fault))
  const set = applySettings(file.spec, options.set ?? [], descriptions)
  const spec: LandscapeSpec = {
    ...set,
    deviations: [...(set.deviations ?? []), ...deviations],
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  }
  return resolveLandscape(spec, descriptions, { positions: file.positions })
}

async function fileOf(source: LandscapeSource): Promise<Pick<LandscapeFile, 'spec'> & Partial<LandscapeFile>> {
  if (typeof source !== 'string') return { spec: source }
  const builtIn = builtInLandscapes()
  const path = builtIn.get(source)
  if (path !== undefined) return readLandscapeFile(path, descriptions)
  if (/[./\\]/.test(source)) return readLandscapeFile(source, descriptions)
  const hint = suggestion(source, builtIn.keys(), 'landscapes')
  const end = hint.endsWith('?') ? '' : '.'
  throw new HarnessError('unknown-name', `there is no landscape "${source}"${hint}${end} A file is named by its path.`)
}

/** Brings a landscape to life: a built-in one by name, a file by path, or one written in TypeScript. */
export async function startLandscape(
  source: LandscapeSource = DEFAULT_LANDSCAPE,
  options: StartOptions = {},
): Promise<RunningLandscape> {
  const name = options.engine ?? process.env.LANDSCAPE_ENGINE ?? 'embedded'
  const engine = engines.get(name)
  if (!engine)
    throw new HarnessError('usage', `there is no engine "${name}"${suggestion(name, engines.keys(), 'engines')}`)
  return startResolved(await loadLandscape(source, options), { kinds, probes, engine }, options)
}

/** A SQL Server on its own, outside of every landscape. */
async function startSqlServer(options: LocalSqlServerOptions): Promise<LocalSqlServer> {
  return (await import('../mocks/sql-server/local-server.ts')).startSqlServer(options)
}

/** What the command line stands on. */
export const standard = {
  kinds,
  kindDescriptions,
  probes,
  landscapes: builtInLandscapes,
  scenarios,
  loadLandscape,
  startLandscape,
  startSqlServer,
} as const

export type Standard = typeof standard
