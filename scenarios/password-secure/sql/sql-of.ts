interface Configured {
  readonly settings: Readonly<Record<string, unknown>>
}

/** Where an application server's connection string points: HOST, or HOST\INSTANCE. */
export function sqlOf({ settings }: Configured, { fqdn }: { readonly fqdn: string }): string {
  const { databaseInstance } = settings
  return typeof databaseInstance === 'string' ? `${fqdn}\\${databaseInstance}` : fqdn
}
