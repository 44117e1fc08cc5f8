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
