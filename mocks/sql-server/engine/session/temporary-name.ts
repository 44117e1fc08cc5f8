/** `#t`: of this session alone. `##t` is a table of tempdb that every session sees. */
export const isLocalTemporary = (name: string): boolean => name.startsWith('#') && !name.startsWith('##')
export const isGlobalTemporary = (name: string): boolean => name.startsWith('##')
