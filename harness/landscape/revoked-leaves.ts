import type { Json } from '../context/json.ts'
import type { ComponentSpec } from './landscape.ts'
import type { Path, Problem } from './problem.ts'
import type { LandscapeSpec } from './schema.ts'
import { childOf } from './schema-walk.ts'

const ADVICE = 'needs a host that serves the revocation lists: add one with runs: { crl-distribution-point: {} }'
const PUBLIC = 'cannot be had of the public authority, which serves no revocation list here: take authority: landscape'

/** A certificate can be a revoked one only where its issuer's list is served: nobody would hear of it. */
export function revokedProblems(
  components: readonly ComponentSpec[],
  listsAreServed: boolean,
  spec: LandscapeSpec,
): readonly Problem[] {
  return components.flatMap(({ host, kind, settings }) =>
    revokedIn(settings, ['hosts', host, 'runs', kind]).flatMap(({ path, authority }): Problem[] => {
      if (listsAreServed && authority !== 'public') return []
      const isWritten = path.reduce<unknown>(childOf, spec) !== undefined
      const text = `a revoked certificate ${authority === 'public' ? PUBLIC : ADVICE}`
      return [{ path, part: isWritten ? 'value' : 'absent', text }]
    }),
  )
}

/** Where settings ask for it: under `defect`, or a name that ends so. */
function revokedIn(value: Json | undefined, path: Path): readonly { path: Path; authority: Json | undefined }[] {
  if (typeof value !== 'object' || value === null) return []
  const { authority } = Array.isArray(value) ? {} : (value as { authority?: Json })
  return Object.entries(value).flatMap(([key, inner]) => {
    const here: Path = [...path, Array.isArray(value) ? Number(key) : key]
    return inner === 'revoked' && /defect$/i.test(key) ? [{ path: here, authority }] : revokedIn(inner, here)
  })
}
