import type { Observation } from '../../../harness/scenario/index.ts'

/** The facts of the certificate that the server sent first; empty when there was none. */
export function leafOf({ facts }: Observation): Readonly<Record<string, unknown>> {
  const tls = facts.tls
  const chain = typeof tls === 'object' && tls !== null && 'chain' in tls ? tls.chain : undefined
  const [leaf] = Array.isArray(chain) ? chain : []
  return typeof leaf === 'object' && leaf !== null ? { ...leaf } : {}
}
