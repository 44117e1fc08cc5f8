/** An identifier in brackets (QUOTENAME). */
export const identifier = (name: string): string => `[${name.replaceAll(']', ']]')}]`

/** A Unicode string literal, for statements that take no parameters. */
export const literal = (text: string): string => `N'${text.replaceAll("'", "''")}'`

/** A binary literal. */
export const binary = (bytes: Buffer): string => `0x${bytes.toString('hex').toUpperCase()}`

export const bit = (value: boolean): string => (value ? '1' : '0')
