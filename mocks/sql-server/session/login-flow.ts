/** LOGIN7 to verdict to the token stream that answers it, [MS-TDS] 2.2.6.4 and tds order of 3.3.5.5. */
import type { SqlInstance } from '../engine/instance.ts'
import type { SqlSession } from '../engine/session.ts'
import type { SqlError } from '../engine/sql-error.ts'
import { checkLogin } from '../security/check-login.ts'
import type { Login } from '../security/login.ts'
import {
  databaseNotOpened,
  defaultDatabaseGone,
  type LoginRefusal,
  loginFailed,
  namedRefusal,
  reasons,
  usingDefault,
  usingMaster,
} from '../security/login-errors.ts'
import { closedRefusal, stateRefusal } from '../security/server-state.ts'
import { featureIds, type Login7, optionFlags } from '../tds/login7.ts'
import { defaultPacketBytes, maxPacketBytes, minPacketBytes } from '../tds/packet.ts'
import { answeredVersion, writeFeatureExtAck, writeLoginAck } from '../tds/tokens/login-ack.ts'
import type { TokenForm } from '../tds/tokens/token-codes.ts'
import type { Response } from './response.ts'
import type { Routing } from './wire-faults.ts'

/** The bit of TypeFlags by which a client says ApplicationIntent=ReadOnly. */
const readOnlyIntent = 0x20

export type LoginOutcome =
  | { readonly login: Login; readonly database: string; readonly warnings?: readonly SqlError[] }
  | { readonly refusal: LoginRefusal }

/** Why nobody gets in at the moment, whoever it is. */
export function entryRefusal(instance: SqlInstance): LoginRefusal | undefined {
  if (instance.full) return instance.fullRefusal()
  return closedRefusal(instance.state)
}

/** Decides about a SQL login; touches nothing but the account's own counters. */
export function judgeLogin(instance: SqlInstance, login7: Login7): LoginOutcome {
  const planned = instance.takePlannedRefusal() ?? instance.options.refuseLogins
  if (planned !== undefined) return { refusal: namedRefusal(planned, login7.userName, login7.database || 'master') }
  if (instance.options.authentication === 'windows')
    return { refusal: loginFailed(login7.userName, reasons.windowsOnly.state, reasons.windowsOnly.reason) }
  const verdict = checkLogin(
    instance.logins,
    {
      user: login7.userName,
      password: login7.password,
      newPassword:
        login7.newPassword !== '' || login7.optionFlags3 & optionFlags.changePassword ? login7.newPassword : undefined,
    },
    {
      lockoutThreshold: instance.options.lockoutThreshold ?? 0,
      mayConnect: (login) => instance.security.mayConnect(login),
      now: instance.options.now(),
    },
  )
  return 'refusal' in verdict ? verdict : openDatabase(instance, login7, verdict.login)
}

/** The database that a login starts in. */
export function openDatabase(instance: SqlInstance, login7: Login7, login: Login): LoginOutcome {
  const refusal = stateRefusal(instance, login)
  if (refusal) return { refusal }
  if (login7.database !== '') {
    if (instance.canOpen(login, login7.database)) return { login, database: instance.databaseName(login7.database) }
    if (login7.optionFlags1 & optionFlags.databaseFatal)
      return { refusal: databaseNotOpened(login.name, login7.database) }
  }
  const warnings = login7.database === '' ? [] : [usingDefault(login7.database, login.defaultDatabase)]
  if (instance.canOpen(login, login.defaultDatabase))
    return { login, database: instance.databaseName(login.defaultDatabase), warnings }
  if (login7.optionFlags1 & optionFlags.databaseFatal) return { refusal: defaultDatabaseGone(login.name) }
  return { login, database: 'master', warnings: [usingMaster(login.defaultDatabase)] }
}

export const formOf = (version: number): TokenForm => {
  const old = version === 0x0700_0000 || version === 0x0701_0000 || version === 0x7100_0001
  return { tds71: version !== 0x0700_0000, tds72: !old, tds73: !old && version !== 0x7209_0002 }
}

/** The version to speak with this client, undefined when there is none in common. */
export const versionFor = (login7: Login7, strict: boolean): number | undefined =>
  strict ? 0x0800_0000 : answeredVersion(login7.tdsVersion)

export function packetSizeFor(login7: Login7): number {
  if (login7.packetBytes === 0) return defaultPacketBytes
  return Math.min(Math.max(login7.packetBytes, minPacketBytes), maxPacketBytes)
}

/** Where this client is sent to. Older ones do not know of routing and stay. */
export function routingFor(routing: Routing | undefined, login7: Login7, version: number): Routing | undefined {
  if (!routing || (version !== 0x7400_0004 && version !== 0x0800_0000)) return undefined
  return !routing.readOnlyIntent || login7.typeFlags & readOnlyIntent ? routing : undefined
}

export function writeLoginResponse(
  response: Response,
  facts: {
    readonly session: SqlSession
    readonly login7: Login7
    readonly version: number
    readonly packetBytes: number
    readonly routing?: Routing | undefined
    readonly warnings?: readonly SqlError[]
  },
): void {
  const { session, login7, version, packetBytes } = facts
  const info = (number: number, state: number, text: string) =>
    response.message({ number, state, class: 0, text, procedure: '', line: 1 })
  // Their class is 11, but as errors they would end the login of some clients.
  for (const warning of facts.warnings ?? []) info(warning.number, warning.state, warning.message)
  response.envChange({ type: 'database', value: session.databaseName, old: 'master' })
  info(5701, 2, `Changed database context to '${session.databaseName}'.`)
  response.envChange({ type: 'collation', value: session.collation })
  response.envChange({ type: 'language', value: 'us_english', old: '' })
  info(5703, 1, 'Changed language setting to us_english.')
  writeLoginAck(response.tokens, version)
  response.envChange({ type: 'packetSize', value: String(packetBytes), old: String(defaultPacketBytes) })
  if (facts.routing) response.envChange({ type: 'routing', host: facts.routing.host, port: facts.routing.port })
  if (login7.features.has(featureIds.utf8Support))
    writeFeatureExtAck(response.tokens, [[featureIds.utf8Support, Uint8Array.of(1)]])
  response.done({ kind: 'done', command: 0 })
}
