import type { z } from 'zod'

/** What can be wrong with a key pair, as administrators get it wrong. */
export const keyPairDefects = [
  'sdk-certificate',
  'too-short',
  'no-private-key',
  'wrong-password',
  'file-not-found',
  'not-in-store',
  'same-subject',
] as const

export type KeyPairDefect = (typeof keyPairDefects)[number]

/** Where a defect can be that is not everywhere. */
const placeOf: { readonly [defect in KeyPairDefect]?: 'pfx' | 'store' } = {
  'wrong-password': 'pfx',
  'file-not-found': 'pfx',
  'not-in-store': 'store',
  'same-subject': 'store',
}

interface Defective {
  readonly source: 'pfx' | 'store'
  readonly defect?: KeyPairDefect | undefined
}

/** A check of settings: a defect that cannot be there is refused, else nothing would be wrong and nobody told. */
export function checkDefect({ source, defect }: Defective, context: z.RefinementCtx): void {
  const place = defect && placeOf[defect]
  if (place === undefined || place === source) return
  const message = `${defect} is of source ${place}, and this is of ${source}`
  context.addIssue({ code: 'custom', path: ['defect'], message })
}
