import { createRequire } from 'node:module'
import type { LookupFunction, Socket } from 'node:net'
import { deferModules } from './deferred-module.ts'

export type { ConnectionPool, config } from 'mssql'

/** How tedious opens its connections: one address after the other, with its own error texts. */
export type ConnectInSequence = (
  target: { readonly host: string; readonly port: number; readonly localAddress?: string | undefined },
  lookup: LookupFunction,
  signal: AbortSignal,
) => Promise<Socket>

export interface SqlLibrary {
  readonly mssql: typeof import('mssql')
  readonly connectInSequence: ConnectInSequence
}

let loaded: SqlLibrary | undefined

/** `mssql` on the `tedious` that it brings along, loaded at first use. */
export function sqlLibrary(): SqlLibrary {
  loaded ??= load()
  return loaded
}

// tedious loads Azure's login and key vault at start: half of its loading time, for a cloud that no landscape has.
const AZURE = ['@azure/identity', '@azure/core-auth', '@azure/keyvault-keys']

function load(): SqlLibrary {
  const require = createRequire(import.meta.url)
  // tedious is mssql's dependency, not ours: its parts are found from where mssql stands.
  const fromMssql = createRequire(require.resolve('mssql/tedious.js'))
  const fromTedious = createRequire(fromMssql.resolve('tedious'))
  using _deferred = deferModules(fromTedious, AZURE)
  return {
    // Neither file has types of its own; the first is `mssql` without its command line's and other drivers' doors.
    mssql: require('mssql/tedious.js') as typeof import('mssql'),
    connectInSequence: (fromMssql('tedious/lib/connector.js') as Pick<SqlLibrary, 'connectInSequence'>)
      .connectInSequence,
  }
}
