/** SafeBag types (RFC 7292 section 4.2). */
export const BAGS = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
} as const

/** Bag attributes: friendlyName and localKeyId (RFC 2985 section 5.5). */
export const ATTRIBUTES = { friendlyName: '1.2.840.113549.1.9.20', localKeyId: '1.2.840.113549.1.9.21' } as const
