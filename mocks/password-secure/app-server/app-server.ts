import type { ComponentHost } from '../../../harness/host/component-host.ts'
import type { Issued } from '../../../harness/pki/index.ts'
import type { Logins } from './access/logins.ts'
import type { SessionBook } from './access/session-book.ts'
import type { Vault } from './access/vault.ts'
import type { AppServerSettings } from './settings.ts'
import type { Database } from './store/database.ts'
import type { AllowedOrigins } from './web-services/allowed-origins.ts'

/** What the ports of one application server share. */
export interface AppServer {
  readonly host: ComponentHost
  readonly settings: AppServerSettings
  readonly tls: { readonly issued: () => Promise<Issued> }
  readonly database: Database
  readonly logins: Logins
  readonly sessions: SessionBook
  readonly vault: Vault
  readonly origins: AllowedOrigins
}
