import { createRequire } from 'node:module'
import type { LookupFunction, Socket } from 'node:net'

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

function load(): SqlLibrary {
  const require = createRequire(import.meta.url)
  // tedious is mssql's dependency, not ours: its parts are found from where mssql stands. Neither file has types of its own.
  const fromMssql = createRequire(require.resolve('mssql/tedious.js'))
  const mssql = require('mssql/tedious.js') as typeof import('mssql')
  const { connectInSequence } = fromMssql('tedious/lib/connector.js') as { connectInSequence: ConnectInSequence }
  return { mssql, connectInSequence }
}
