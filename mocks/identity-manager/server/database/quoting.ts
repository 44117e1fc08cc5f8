/** A name in T-SQL's brackets. */
export const identifier = (name: string): string => `[${name.replaceAll(']', ']]')}]`

/** A text as a Unicode literal of T-SQL. */
export const text = (value: string): string => `N'${value.replaceAll("'", "''")}'`
