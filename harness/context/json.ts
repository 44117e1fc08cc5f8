/** What crosses between a scenario and a host: data that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

export type JsonObject = { readonly [key: string]: Json | undefined }

/** A copy of plain data as JSON carries it: what is undefined is left out. */
export const jsonObjectOf = (value: object): JsonObject => JSON.parse(JSON.stringify(value))
