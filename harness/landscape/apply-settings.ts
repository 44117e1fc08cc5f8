import { HarnessError, messageOf } from '../context/error.ts'
import type { Json, JsonObject } from '../context/json.ts'
import { type Census, censusOf } from './census.ts'
import type { KindDescription } from './kind.ts'
import { findPlace, type Place } from './place.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import { resolveReference } from './references.ts'
import type { LandscapeSpec } from './schema.ts'
import { unknownSetting, withValueAt } from './setting-path.ts'
import { resolveSettings } from './settings.ts'
import { parseYamlValue } from './yaml-document.ts'

/**
 * The landscape with other settings or references, each given as `host.component.key=value` (the value as in YAML),
 * as `--set` takes them. Throws `usage` for a place that is not there and a value that the component refuses.
 */
export function applySettings(
  spec: LandscapeSpec,
  assignments: readonly string[],
  kinds: readonly KindDescription[],
): LandscapeSpec {
  const census = censusOf(spec)
  return assignments.reduce((changed, assignment) => assigned(changed, assignment, kinds, census), spec)
}

function assigned(
  spec: LandscapeSpec,
  assignment: string,
  kinds: readonly KindDescription[],
  census: Census,
): LandscapeSpec {
  const at = assignment.indexOf('=')
  // Without the value: it may be a password.
  const shown = at < 1 ? assignment : assignment.slice(0, at)
  const refusal = (text: string, cause?: unknown) =>
    new HarnessError('usage', `--set ${shown}: ${text}`, cause === undefined ? {} : { cause })
  if (at < 1) throw refusal('is not HOST.COMPONENT.KEY=VALUE, as in app1.web-server.kind=iis')
  const place = findPlace(assignment.slice(0, at), census)
  if ('problem' in place) throw refusal(place.problem)
  const kind = kinds.find((candidate) => candidate.kind === place.kind)
  if (!kind) throw refusal(`there is no component kind "${place.kind}"`)
  if (place.keys.length === 0) throw refusal('names no setting; write HOST.COMPONENT.KEY=VALUE')

  const value = parsedValue(assignment.slice(at + 1), refusal)
  const host = spec.hosts[place.host] ?? {}
  const data = withValueAt(host.runs?.[place.kind] ?? {}, place.keys, value)
  const problems = checkAssigned(place, kind, data, value, census)
  if (problems.length > 0) {
    throw refusal(problems.map(({ path, text }) => (path.length > 0 ? `${pathText(path)} ${text}` : text)).join('; '))
  }
  const runs = { ...host.runs, [place.kind]: data }
  return { ...spec, hosts: { ...spec.hosts, [place.host]: { ...host, runs } } }
}

function parsedValue(text: string, refusal: (text: string, cause: unknown) => HarnessError): Json {
  try {
    // Aliases are off and the core schema has no other types: what YAML gives is JSON.
    return parseYamlValue(text) as Json
  } catch (error) {
    throw refusal(`the value is not YAML: ${messageOf(error)}`, error)
  }
}

function checkAssigned(
  { host, keys }: Place,
  kind: KindDescription,
  data: JsonObject,
  value: Json,
  census: Census,
): readonly Problem[] {
  const problems: Problem[] = []
  const [key = '', ...rest] = keys
  const isReference = (name: string) => Object.hasOwn(kind.references, name)
  const declaration = isReference(key) ? kind.references[key] : undefined
  if (declaration && rest.length === 0) {
    const question = { host, kind: kind.kind, reference: key, declaration, written: value, path: [] }
    resolveReference(question, census, problems)
    return problems
  }
  const unknown = declaration
    ? `"${key}" is a reference; it takes a host name`
    : unknownSetting(kind.settings, data, keys, Object.keys(kind.references))
  const path: Path = []
  if (unknown !== undefined) return [{ path, part: 'key', text: unknown }]
  const own = Object.fromEntries(Object.entries(data).filter(([name]) => !isReference(name)))
  resolveSettings(kind.settings.strict(), own, [], path, problems)
  return problems
}
