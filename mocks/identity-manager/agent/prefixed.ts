type Prefixed<T> = { readonly [K in keyof T & string as `agent-${K}`]: T[K] }

/** The same table with names that say whose they are: what a component has that holds an agent beside its own. */
export const prefixed = <T extends object>(table: T): Prefixed<T> =>
  // The mapped type says of each key what is done to it here, which the compiler cannot follow.
  Object.fromEntries(Object.entries(table).map(([name, value]) => [`agent-${name}`, value])) as Prefixed<T>
