/** Who issues: the landscape's own PKI, or one of the authorities that every browser knows. */
export const authorityNames = ['landscape', 'public'] as const

export type AuthorityName = (typeof authorityNames)[number]
