import type { ClientEnvironment } from './environment.ts'
import { type HttpClient, httpClient } from './http.ts'
import { type MailClient, mailClient } from './mail.ts'
import { type SqlClient, sqlClient } from './sql.ts'
import { type TlsClient, tlsClient } from './tls.ts'
import { type WebSocketClient, webSocketClient } from './websocket.ts'

export { type ComputerAccount, computerAccount } from './computer-account.ts'
export type { ClientEnvironment, Route } from './environment.ts'
export type { AgentOptions, HttpAnswer, HttpClient, HttpRequest, HttpSession } from './http.ts'
export { httpLibrary } from './http-library.ts'
export type { ComposedMail, Mail, MailClient, MailSettings, SentMail, SmtpFacts } from './mail.ts'
export type { SqlClient, SqlSettings } from './sql.ts'
export { type SqlFailure, type SqlServerError, sqlFailure } from './sql-failure.ts'
export { sqlLibrary } from './sql-library.ts'
export type { TcpSettings, TlsClient, TlsSettings } from './tls.ts'
export { type TlsFacts, tlsFacts } from './tls-facts.ts'
export type { Trust } from './trust.ts'
export type { WebSocketClient, WebSocketSettings } from './websocket.ts'

/** The real client libraries of one host. Each loads its library at first use. */
export interface HostClients extends AsyncDisposable {
  readonly http: HttpClient
  readonly mail: MailClient
  readonly sql: SqlClient
  readonly tls: TlsClient
  readonly websocket: WebSocketClient
}

export function hostClients(environment: ClientEnvironment): HostClients {
  const owned = new AsyncDisposableStack()
  return {
    http: owned.use(httpClient(environment)),
    mail: owned.use(mailClient(environment)),
    sql: owned.use(sqlClient(environment)),
    tls: owned.use(tlsClient(environment)),
    websocket: owned.use(webSocketClient(environment)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
