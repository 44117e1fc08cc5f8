import type { JsonObject } from '../context/json.ts'
import { censusOf } from './census.ts'
import type { KindDescription } from './kind.ts'
import type { ComponentSpec } from './landscape.ts'
import type { Path, Problem } from './problem.ts'
import { resolveReference } from './references.ts'
import type { CheckedSpec, LandscapeSpec, Runs } from './schema.ts'
import { childOf } from './schema-walk.ts'
import { resolveSettings, settingChanges } from './settings.ts'

interface Written {
  readonly host: string
  readonly kind: KindDescription
  readonly data: JsonObject
}

export interface ResolvedComponents {
  readonly components: readonly ComponentSpec[]
  /** The kind that a component's reference asks for. */
  kindOf(component: ComponentSpec, reference: string): string
}

/** The components of all hosts, with settings and references resolved. A component with a problem is left out. */
export function resolveComponents(
  spec: LandscapeSpec,
  checked: CheckedSpec,
  kinds: readonly KindDescription[],
  problems: Problem[],
): ResolvedComponents {
  const kindsByName = new Map(kinds.map((kind) => [kind.kind, kind]))
  const strict = new Map(kinds.map(({ kind, settings }) => [kind, settings.strict()]))
  const written = writtenComponents(spec, kindsByName)
  const census = censusOf(spec)
  const changes = settingChanges(checked.deviations, kindsByName, census, problems)
  const components = written.flatMap(({ host, kind, data }): ComponentSpec[] => {
    const path: Path = ['hosts', host, 'runs', kind.kind]
    const isReference = (key: string) => Object.hasOwn(kind.references, key)
    const own = Object.fromEntries(Object.entries(data).filter(([key]) => !isReference(key)))
    const schema = strict.get(kind.kind) ?? kind.settings
    const settings = resolveSettings(schema, own, changes.get(`${host}.${kind.kind}`) ?? [], path, problems)
    const references = Object.entries(kind.references).map(([reference, declaration]) => {
      const question = { host, kind: kind.kind, reference, declaration, path: [...path, reference] }
      return [
        reference,
        resolveReference({ ...question, written: childOf(data, reference) }, census, problems),
      ] as const
    })
    if (!settings) return []
    const listens = kind.listens(settings)
    return [{ host, kind: kind.kind, settings, references: Object.fromEntries(references), listens }]
  })
  const kindOf = ({ kind }: ComponentSpec, reference: string) =>
    kindsByName.get(kind)?.references[reference]?.kind ?? ''
  return { components, kindOf }
}

// What is written, not what was checked: settings are parsed by their own kind, and a default must not be parsed twice.
function writtenComponents(spec: LandscapeSpec, kinds: ReadonlyMap<string, KindDescription>): Written[] {
  return Object.entries(spec.hosts).flatMap(([host, parts]) => {
    const runs: Runs = parts?.runs ?? {}
    return Object.entries(runs).flatMap(([name, data]): Written[] => {
      const kind = kinds.get(name)
      return kind && data !== undefined ? [{ host, kind, data: data ?? {} }] : []
    })
  })
}
