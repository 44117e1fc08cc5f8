import type { Login } from '../../security/login.ts'
import { canUse, hasServerPermission, requireServerState } from '../../security/permissions.ts'
import { type Cell, types } from '../../tds/data-type.ts'
import { configurationOptions } from '../server-configuration.ts'
import type { SqlSession } from '../session.ts'
import { databaseStates } from '../storage/database-states.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const stateNumbers = Object.fromEntries(databaseStates.map((state, number) => [state, number]))
const datetime = (date: Date): string => cellOfMoment(momentOfDate(date), types.datetime)

/** Of an integrated login: the account's two names. */
function windowsNames({ name, token }: Login): Row {
  const [domain = '', user = ''] = token ? name.split('\\') : []
  return token ? { nt_domain: domain, nt_user_name: user } : { nt_domain: null, nt_user_name: null }
}

/** Without VIEW SERVER STATE: one's own session for dm_exec_sessions, an error for the others. */
const allowed = (s: SqlSession): boolean => hasServerPermission(s, 'VIEW SERVER STATE')

const visibleDatabases = (s: SqlSession) =>
  s.instance
    .databases()
    .toSorted((a, b) => a.id - b.id)
    .filter(
      (database) =>
        database.name === 'master' ||
        database.name === 'tempdb' ||
        hasServerPermission(s, 'VIEW ANY DATABASE') ||
        hasServerPermission(s, 'ALTER ANY DATABASE') ||
        (canUse(s.instance, s.login, database) && database.catalog.principal('dbo')?.sid === s.login.sid),
    )

const sessionsFor = (s: SqlSession): readonly SqlSession[] => (allowed(s) ? s.instance.sessions() : [s])

export const serverViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.databases': [
    'name:name database_id source_database_id:int? owner_sid:bin? create_date:datetime compatibility_level:tinyint collation_name:name? user_access:tinyint? user_access_desc:n60? is_read_only:bit? is_auto_close_on:bit is_auto_shrink_on:bit? state:tinyint? state_desc:n60? is_in_standby:bit? snapshot_isolation_state:tinyint? snapshot_isolation_state_desc:n60? is_read_committed_snapshot_on:bit? recovery_model:tinyint? recovery_model_desc:n60? page_verify_option:tinyint? is_ansi_nulls_on:bit? is_quoted_identifier_on:bit? is_fulltext_enabled:bit? is_trustworthy_on:bit? is_broker_enabled:bit is_encrypted:bit? containment:tinyint? containment_desc:n60? replica_id:guid? is_query_store_on:bit?',
    (s) =>
      visibleDatabases(s).map(
        (d): Row => ({
          name: d.name,
          database_id: d.id,
          source_database_id: null,
          owner_sid: Buffer.from(d.catalog.principal('dbo')?.sid ?? '01', 'hex'),
          create_date: d.created,
          compatibility_level: 160,
          collation_name: d.state === 'ONLINE' || d.state === 'EMERGENCY' ? d.collation.name : null,
          user_access: d.access === 'MULTI_USER' ? 0 : d.access === 'SINGLE_USER' ? 1 : 2,
          user_access_desc: d.access,
          is_read_only: d.readOnly ? 1 : 0,
          is_auto_close_on: 0,
          is_auto_shrink_on: 0,
          state: stateNumbers[d.state],
          state_desc: d.state,
          is_in_standby: 0,
          snapshot_isolation_state: d.switches.has('ALLOW_SNAPSHOT_ISOLATION') ? 1 : 0,
          snapshot_isolation_state_desc: d.switches.has('ALLOW_SNAPSHOT_ISOLATION') ? 'ON' : 'OFF',
          is_read_committed_snapshot_on: d.switches.has('READ_COMMITTED_SNAPSHOT') ? 1 : 0,
          recovery_model: d.recovery === 'FULL' ? 1 : d.recovery === 'SIMPLE' ? 3 : 2,
          recovery_model_desc: d.recovery,
          page_verify_option: 2,
          is_ansi_nulls_on: 0,
          is_quoted_identifier_on: 0,
          is_fulltext_enabled: 0,
          is_trustworthy_on: d.trustworthy ? 1 : 0,
          is_broker_enabled: 0,
          is_encrypted: 0,
          containment: 0,
          containment_desc: 'NONE',
          replica_id: null,
          is_query_store_on: 0,
        }),
      ),
  ],
  'sys.messages': [
    'message_id:int language_id:smallint severity:tinyint is_event_logged:bit text:n2048',
    (s) =>
      [...s.instance.messages.all()].map(
        ([id, message]): Row => ({
          message_id: id,
          language_id: 1033,
          severity: message.severity,
          is_event_logged: message.logged ? 1 : 0,
          text: message.text,
        }),
      ),
  ],
  'sys.sysmessages': [
    'error:int severity:tinyint dlevel:smallint description:n255 msglangid:smallint',
    (s) =>
      [...s.instance.messages.all()].map(
        ([id, message]): Row => ({
          error: id,
          severity: message.severity,
          dlevel: message.logged ? 128 : 0,
          description: message.text.slice(0, 255),
          msglangid: 1033,
        }),
      ),
  ],
  'sys.sysdatabases': [
    'name:name dbid:smallint sid:bin? status crdate:datetime cmptlevel:tinyint',
    (s) =>
      visibleDatabases(s).map(
        (d): Row => ({
          name: d.name,
          dbid: d.id,
          sid: Buffer.from(d.catalog.principal('dbo')?.sid ?? '01', 'hex'),
          status: 65_536,
          crdate: d.created,
          cmptlevel: 160,
        }),
      ),
  ],
  'sys.dm_exec_connections': [
    'session_id:int? most_recent_session_id:int? connect_time:datetime net_transport:n60 protocol_type:n60? protocol_version:int? endpoint_id:int? encrypt_option:n60 auth_scheme:n60 node_affinity:smallint num_reads:int? num_writes:int? net_packet_size:int? client_net_address:v60? client_tcp_port:int? local_net_address:v60? local_tcp_port:int? connection_id:guid parent_connection_id:guid?',
    (s) => {
      // Every session sees its own connection; the others need VIEW SERVER STATE.
      return sessionsFor(s).map(
        (o): Row => ({
          session_id: o.spid,
          most_recent_session_id: o.spid,
          connect_time: datetime(o.loginTime),
          net_transport: 'TCP',
          protocol_type: 'TSQL',
          protocol_version: o.tdsVersion | 0,
          endpoint_id: 4,
          encrypt_option: o.encrypted ? 'TRUE' : 'FALSE',
          auth_scheme: o.contexts.original.token ? 'NTLM' : 'SQL',
          node_affinity: 0,
          num_reads: 1,
          num_writes: 1,
          net_packet_size: o.packetBytes,
          client_net_address: o.caller.address,
          client_tcp_port: o.clientPort,
          local_net_address: '127.0.0.1',
          local_tcp_port: s.instance.options.port ?? 1433,
          connection_id: o.connectionId,
          parent_connection_id: null,
        }),
      )
    },
  ],
  'sys.dm_exec_sessions': [
    'session_id:smallint login_time:datetime host_name:name? program_name:name? host_process_id:int? client_version:int? client_interface_name:name? security_id:bin login_name:name nt_domain:name? nt_user_name:name? status:n60 cpu_time memory_usage total_elapsed_time last_request_start_time:datetime last_request_end_time:datetime? reads:bigint writes:bigint logical_reads:bigint is_user_process:bit text_size language:name? date_format:n60? date_first:smallint quoted_identifier:bit arithabort:bit ansi_null_dflt_on:bit ansi_defaults:bit ansi_warnings:bit ansi_padding:bit ansi_nulls:bit concat_null_yields_null:bit transaction_isolation_level:smallint lock_timeout deadlock_priority row_count:bigint prev_error original_login_name:name database_id:smallint open_transaction_count',
    (s) =>
      sessionsFor(s).map((o): Row => {
        const on = (name: string) => (o.settings.switches.has(name) ? 1 : 0)
        return {
          session_id: o.spid,
          login_time: datetime(o.loginTime),
          host_name: o.login7.hostName,
          program_name: o.login7.appName,
          host_process_id: o.login7.clientPid | 0,
          client_version: 7,
          client_interface_name: o.login7.libraryName,
          security_id: Buffer.from(o.login.sid, 'hex'),
          login_name: o.login.name,
          ...windowsNames(o.contexts.original),
          status: o === s || o.running ? 'running' : 'sleeping',
          cpu_time: 0,
          memory_usage: 4,
          total_elapsed_time: 0,
          last_request_start_time: datetime(o.loginTime),
          last_request_end_time: datetime(o.loginTime),
          reads: 0,
          writes: 0,
          logical_reads: 0,
          is_user_process: 1,
          text_size: o.settings.textSize,
          language: o.settings.language,
          date_format: o.settings.dateFormat,
          date_first: o.settings.dateFirst,
          quoted_identifier: on('QUOTED_IDENTIFIER'),
          arithabort: on('ARITHABORT'),
          ansi_null_dflt_on: on('ANSI_NULL_DFLT_ON'),
          ansi_defaults: 0,
          ansi_warnings: on('ANSI_WARNINGS'),
          ansi_padding: on('ANSI_PADDING'),
          ansi_nulls: on('ANSI_NULLS'),
          concat_null_yields_null: on('CONCAT_NULL_YIELDS_NULL'),
          transaction_isolation_level: o.settings.isolation,
          lock_timeout: o.settings.lockTimeoutMs,
          deadlock_priority: o.deadlockPriority,
          row_count: o.rowCount,
          prev_error: o.error,
          original_login_name: o.login.name,
          database_id: o.database.id,
          open_transaction_count: o.transaction.count,
        }
      }),
  ],
  'sys.dm_exec_requests': [
    'session_id:smallint request_id start_time:datetime status:n60 command:n60 blocking_session_id:smallint? wait_type:n60? wait_time database_id:smallint open_transaction_count',
    (s) =>
      sessionsFor(s)
        .filter((o) => o.running)
        .map((o): Row => {
          const blocker = s.instance.locks.blockerOf(o)
          return {
            session_id: o.spid,
            request_id: 0,
            start_time: datetime(o.statementTime),
            status: blocker ? 'suspended' : 'running',
            command: 'SELECT',
            blocking_session_id: blocker,
            wait_type: blocker ? 'LCK_M_X' : null,
            wait_time: 0,
            database_id: o.database.id,
            open_transaction_count: o.transaction.count,
          }
        }),
  ],
  'sys.sysprocesses': [
    'spid:smallint blocked:smallint dbid:smallint status:n60 hostname:name program_name:name loginame:name cmd:n60 open_tran:smallint',
    (s) =>
      sessionsFor(s).map(
        (o): Row => ({
          spid: o.spid,
          blocked: s.instance.locks.blockerOf(o),
          dbid: o.database.id,
          status: o.running ? 'runnable' : 'sleeping',
          hostname: o.login7.hostName,
          program_name: o.login7.appName,
          loginame: o.login.name,
          cmd: o.running ? 'SELECT' : 'AWAITING COMMAND',
          open_tran: o.transaction.count,
        }),
      ),
  ],
  'sys.dm_tran_locks': [
    'resource_type:n60 resource_database_id resource_description:n256 request_mode:n60 request_status:n60 request_session_id',
    (s) => {
      requireServerState(s)
      return s.instance.locks.snapshot().map(
        (lock): Row => ({
          resource_type: 'OBJECT',
          resource_database_id: 0,
          resource_description: lock.resource,
          request_mode: lock.mode,
          request_status: lock.granted ? 'GRANT' : 'WAIT',
          request_session_id: lock.spid,
        }),
      )
    },
  ],
  'sys.dm_os_host_info': [
    'host_platform:n256 host_distribution:n256 host_release:n256 host_service_pack_level:n256 host_sku:int? os_language_version host_architecture:n256',
    () => [
      {
        host_platform: 'Windows',
        host_distribution: 'Windows Server 2022 Standard',
        host_release: '10.0',
        host_service_pack_level: '',
        host_sku: 7,
        os_language_version: 1033,
        host_architecture: 'X64',
      },
    ],
  ],
  'sys.servers': [
    'server_id name:name product:name provider:name data_source:name? is_linked:bit',
    (s) => [
      {
        server_id: 0,
        name: s.instance.options.serverName,
        product: 'SQL Server',
        provider: 'SQLNCLI',
        data_source: s.instance.options.serverName,
        is_linked: 0,
      },
    ],
  ],
  'sys.configurations': [
    'configuration_id name:n35 value:variant? minimum:variant? maximum:variant? value_in_use:variant? description:n255 is_dynamic:bit is_advanced:bit',
    (s) =>
      configurationOptions.map(
        (option): Row => ({
          configuration_id: option.id,
          name: option.name,
          value: s.instance.configuration.value(option),
          minimum: option.minimum,
          maximum: option.maximum,
          value_in_use: s.instance.configuration.running(option),
          description: option.name,
          is_dynamic: option.dynamic ? 1 : 0,
          is_advanced: option.advanced ? 1 : 0,
        }),
      ),
  ],
}
