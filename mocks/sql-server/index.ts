/** `landscape-lab/sql-server`: a SQL Server for anybody's tests. */

export type { DomainDeclaration } from '../directory/declaration.ts'
export { Domain } from '../directory/domain.ts'
export type { MachineDeclaration } from '../directory/machine.ts'
export type { DatabaseChange } from './engine/seed-databases.ts'
export { type LocalSqlServer, type LocalSqlServerOptions, startSqlServer } from './local-server.ts'
export type { ServerState } from './security/server-states.ts'
export type { EncryptionMode, JsonRow, LoginChange, RunningSqlServer, SessionFacts } from './server.ts'
export type { ResponseFault, Routing, WireFaults } from './session/wire-faults.ts'
