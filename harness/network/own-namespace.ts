/** Set in a process that has entered a network namespace of its own, and in its children. */
export const NAMESPACE_MARKER = 'LANDSCAPE_NAMESPACE'

/** True in a process that runs in a network namespace of its own. */
export const inNamespace = (): boolean => process.env[NAMESPACE_MARKER] === '1'
