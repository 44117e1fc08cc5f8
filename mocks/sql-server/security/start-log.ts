import type { SqlServerOptions } from '../server.ts'
import type { ErrorLog } from './error-log.ts'

/** What the ERRORLOG says of a start. Without the line about the port nobody comes in over TCP. */
export function logStart(
  log: ErrorLog,
  { edition, serverName, startLines, failsToStart, port, authentication }: SqlServerOptions,
): void {
  const write = (text: string) => log.write('Server', text)
  write(`Microsoft SQL Server 2022 - 16.0.4165.4 (X64), ${edition} edition, simulated`)
  write(`Authentication mode is ${authentication === 'windows' ? 'WINDOWS-ONLY' : 'MIXED'}.`)
  write(`Server name is '${serverName}'. This is an informational message only. No user action is required.`)
  for (const line of startLines ?? []) write(line)
  if (failsToStart) return
  if (port !== undefined) write(`Server is listening on [ 'any' <ipv4> ${port}] accept sockets 1.`)
  write('SQL Server is now ready for client connections. This is an informational message; no user action is required.')
}
