/** Rights on a secret, as they stand in `permissions.access`. */
export const access = { read: 1, write: 2, owner: 3 } as const
export type Right = keyof typeof access
