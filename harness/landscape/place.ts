import type { Census } from './census.ts'
import { listed, suggestion } from './nearest.ts'

/** A component, and a key path within it, named as HOST.KIND[.KEY…]. */
export interface Place {
  readonly host: string
  readonly kind: string
  readonly keys: readonly string[]
}

/** Takes HOST.KIND[.KEY…] apart and looks both names up; gives the text of what is wrong with it otherwise. */
export function findPlace(text: string, census: Census): Place | { readonly problem: string } {
  const [host = '', kind = '', ...keys] = text.split('.')
  if (!census.hosts.has(host))
    return { problem: `there is no host "${host}"${suggestion(host, census.hosts, 'hosts')}` }
  if (kind === '' || keys.includes('')) return { problem: `"${text}" is not HOST.KIND or HOST.KIND.KEY` }
  const runs = census.kindsOf(host)
  if (!runs.includes(kind)) {
    const where = [...(census.hostsByKind.get(kind) ?? [])]
    const hint =
      where.length > 0 ? `; ${kind} runs on ${listed(where)}` : suggestion(kind, runs, `components of ${host}`)
    return { problem: `host "${host}" does not run ${kind}${hint}` }
  }
  return { host, kind, keys }
}
