import type { Census } from './census.ts'
import type { ReferenceDeclaration } from './kind.ts'
import { listed, suggestion } from './nearest.ts'
import type { Path, Problem } from './problem.ts'

export interface ReferenceQuestion {
  readonly host: string
  readonly kind: string
  readonly reference: string
  readonly declaration: ReferenceDeclaration
  /** As it is written: a host name, a list of them, null for none, undefined where it is left out. */
  readonly written: unknown
  readonly path: Path
}

/**
 * The hosts that a reference names. One that is left out takes, in this order: the component of that kind on its own
 * host; the only one in the landscape; nothing, if it is optional. A reference to many takes all of that kind.
 * A component never takes itself.
 */
export function resolveReference(question: ReferenceQuestion, census: Census, problems: Problem[]): readonly string[] {
  const { written, declaration } = question
  if (written === undefined) return leftOut(question, census, problems)
  if (written === null) return []
  const names = (Array.isArray(written) ? written : [written]).map(String)
  if (names.length === 0 && !declaration.optional) {
    problems.push({
      path: question.path,
      part: 'value',
      text: `must name at least one host that runs ${declaration.kind}`,
    })
  }
  return names.filter((name, index) => {
    const path = Array.isArray(written) ? [...question.path, index] : question.path
    const text = names.indexOf(name) < index ? `"${name}" stands twice` : refusal(name, declaration.kind, census)
    if (text !== undefined) problems.push({ path, part: 'value', text })
    return text === undefined
  })
}

function refusal(name: string, kind: string, census: Census): string | undefined {
  const running = census.hostsByKind.get(kind)
  if (running?.has(name)) return undefined
  if (!census.hosts.has(name)) return `there is no host "${name}"${suggestion(name, census.hosts, 'hosts')}`
  const runs = census.kindsOf(name)
  const does = runs.length === 0 ? 'it runs nothing' : `it runs ${listed(runs)}`
  const where = running ? `${kind} runs on ${listed([...running])}` : `no host runs ${kind}`
  return `host "${name}" does not run ${kind}: ${does}; ${where}`
}

function leftOut(question: ReferenceQuestion, census: Census, problems: Problem[]): readonly string[] {
  const { declaration, host, kind, path } = question
  const running = census.hostsByKind.get(declaration.kind) ?? new Set<string>()
  const isSelf = (candidate: string) => candidate === host && kind === declaration.kind
  const refuse = (text: string): readonly string[] => {
    if (!declaration.optional) problems.push({ path, part: 'absent', text })
    return []
  }
  if (declaration.many) {
    const all = [...running].filter((candidate) => !isSelf(candidate))
    return all.length > 0 ? all : refuse(noneRuns(declaration.kind))
  }
  if (running.has(host) && !isSelf(host)) return [host]
  // A set of two, one of them this component itself, has one candidate; beyond that the number does not matter.
  const few = running.size > 2 ? undefined : [...running].filter((candidate) => !isSelf(candidate))
  if (few?.length === 1) return few
  if (few?.length === 0) return refuse(noneRuns(declaration.kind))
  const candidates = listed([...running].filter((candidate) => !isSelf(candidate)))
  return refuse(`is left out, and several hosts run ${declaration.kind}; name one of ${candidates}`)
}

const noneRuns = (kind: string): string => `is left out, and no host runs ${kind}; add one to hosts`
