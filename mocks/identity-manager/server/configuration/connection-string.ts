/**
 * A connection string as .NET reads it: `DbConnectionStringBuilder`'s grammar (quotes, `==` in keys, the last of a key wins)
 * and the keywords of Microsoft.Data.SqlClient with their synonyms.
 */
export interface ConnectionString {
  readonly dataSource: string
  readonly initialCatalog?: string
  readonly userId?: string
  readonly password?: string
  readonly integratedSecurity: boolean
  readonly encrypt: boolean | 'strict'
  readonly trustServerCertificate: boolean
  readonly hostNameInCertificate?: string
  readonly minPoolSize: number
  readonly maxPoolSize: number
  readonly applicationName: string
}

/** What .NET throws for one that it cannot read (System.ArgumentException); never with a value of the string in it. */
export class ConnectionStringError extends Error {
  override readonly name = 'ConnectionStringError'
}

const synonyms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'data source': ['server', 'addr', 'address', 'network address', 'data source'],
    'initial catalog': ['database', 'initial catalog'],
    'user id': ['user', 'uid', 'user id'],
    password: ['pwd', 'password'],
    'integrated security': ['trusted_connection', 'integrated security'],
    encrypt: ['encrypt'],
    'trust server certificate': ['trustservercertificate', 'trust server certificate'],
    'host name in certificate': ['hostnameincertificate', 'host name in certificate'],
    'min pool size': ['min pool size'],
    'max pool size': ['max pool size'],
    'application name': ['app', 'application name'],
    // Read and without effect here.
    'connect timeout': ['connection timeout', 'timeout', 'connect timeout'],
    'command timeout': ['command timeout'],
    'multiple active result sets': ['multipleactiveresultsets', 'multiple active result sets'],
    'persist security info': ['persistsecurityinfo', 'persist security info'],
    'multi subnet failover': ['multisubnetfailover', 'multi subnet failover'],
    'application intent': ['applicationintent', 'application intent'],
    'connect retry count': ['connectretrycount', 'connect retry count'],
    'connect retry interval': ['connectretryinterval', 'connect retry interval'],
    'packet size': ['packet size'],
    pooling: ['pooling'],
    'workstation id': ['wsid', 'workstation id'],
    authentication: ['authentication'],
  }).flatMap(([keyword, names]) => names.map((name) => [name, keyword] as const)),
)

const encryptValues: ReadonlyMap<string, boolean | 'strict'> = new Map<string, boolean | 'strict'>([
  ['true', true],
  ['yes', true],
  ['mandatory', true],
  ['false', false],
  ['no', false],
  ['optional', false],
  ['strict', 'strict'],
])

export function parseConnectionString(text: string): ConnectionString {
  const values = new Map<string, string>()
  for (const [name, value] of pairs(text)) {
    const keyword = synonyms.get(name)
    if (keyword === undefined) throw new ConnectionStringError(`Keyword not supported: '${name}'.`)
    values.set(keyword, value)
  }
  const flag = (keyword: string): boolean => {
    const value = values.get(keyword)?.toLowerCase() ?? 'false'
    if (value === 'true' || value === 'yes' || (keyword === 'integrated security' && value === 'sspi')) return true
    if (value === 'false' || value === 'no') return false
    throw new ConnectionStringError(`Invalid value for key '${keyword}'.`)
  }
  const count = (keyword: string, fallback: number): number => {
    const value = values.get(keyword) ?? String(fallback)
    if (!/^\d{1,5}$/.test(value.trim())) throw new ConnectionStringError(`Invalid value for key '${keyword}'.`)
    return Number(value)
  }
  // Encrypt=True is the default since Microsoft.Data.SqlClient 4.
  const encrypt = encryptValues.get(values.get('encrypt')?.toLowerCase() ?? 'true')
  if (encrypt === undefined) throw new ConnectionStringError("Invalid value for key 'encrypt'.")
  const [minPoolSize, maxPoolSize] = [count('min pool size', 0), count('max pool size', 100)]
  if (minPoolSize > maxPoolSize) {
    throw new ConnectionStringError(
      'Invalid min or max pool size values, min pool size cannot be greater than the max pool size.',
    )
  }
  return {
    dataSource: values.get('data source') ?? '',
    ...optional('initialCatalog', values.get('initial catalog')),
    ...optional('userId', values.get('user id')),
    ...optional('password', values.get('password')),
    ...optional('hostNameInCertificate', values.get('host name in certificate')),
    integratedSecurity: flag('integrated security'),
    encrypt,
    trustServerCertificate: flag('trust server certificate'),
    minPoolSize,
    maxPoolSize,
    applicationName: values.get('application name') ?? 'Core Microsoft SqlClient Data Provider',
  }
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  // A computed key's type is lost.
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string })

const PAIR =
  /[;\s]*((?:[^=;\s\p{Cc}]|\s+[^=;\s\p{Cc}]|\s+==|==)+)\s*=(?!=)\s*("(?:[^"\0]|"")*"|'(?:[^'\0]|'')*'|(?!["'\s])(?:[^;\s\p{Cc}]|\s+[^;\s\p{Cc}])*)?\s*(?:;|$|\0)/uy

function* pairs(text: string): Generator<readonly [name: string, value: string]> {
  let index = 0
  while (!/^[;\s]*$/.test(text.slice(index))) {
    PAIR.lastIndex = index
    const found = PAIR.exec(text)
    if (!found) {
      const start = index + (/^[;\s]*/.exec(text.slice(index))?.[0].length ?? 0)
      throw new ConnectionStringError(
        `Format of the initialization string does not conform to specification starting at index ${start}.`,
      )
    }
    index = PAIR.lastIndex
    yield [(found[1] ?? '').replaceAll('==', '=').toLowerCase(), unquoted(found[2] ?? '')]
  }
}

function unquoted(value: string): string {
  const quote = value[0]
  return quote === '"' || quote === "'" ? value.slice(1, -1).replaceAll(quote + quote, quote) : value
}
