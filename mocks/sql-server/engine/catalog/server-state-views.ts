/** Views of the running server: transactions, the machine, services, endpoints, languages. */
import { requireServerState } from '../../security/permissions.ts'
import { type Cell, types } from '../../tds/data-type.ts'
import type { SqlSession } from '../session.ts'
import { cellOfMoment, momentOfDate } from '../values/temporal.ts'
import type { ViewDeclaration } from './system-view.ts'

type Row = Readonly<Record<string, Cell | undefined>>

const open = (s: SqlSession): SqlSession[] => s.instance.sessions().filter((other) => other.transaction.active)
const datetime = (date: Date): string => cellOfMoment(momentOfDate(date), types.datetime)
const idOf = (session: SqlSession): number => Number(session.transaction.descriptor)

const endpoints: readonly (readonly [number, string, number, string])[] = [
  [1, 'Dedicated Admin Connection', 2, 'TCP'],
  [2, 'TSQL Local Machine', 4, 'SHARED_MEMORY'],
  [3, 'TSQL Named Pipes', 3, 'NAMED_PIPES'],
  [4, 'TSQL Default TCP', 2, 'TCP'],
]

export const serverStateViews: Readonly<Record<string, ViewDeclaration>> = {
  'sys.dm_tran_active_transactions': [
    'transaction_id:bigint name:n32 transaction_begin_time:datetime transaction_type transaction_uow:guid? transaction_state transaction_status transaction_status2 dtc_state dtc_status dtc_isolation_level',
    (s) => {
      requireServerState(s)
      return open(s).map(
        (other): Row => ({
          transaction_id: idOf(other),
          name: 'user_transaction',
          transaction_begin_time: datetime(other.statementTime),
          transaction_type: 1,
          transaction_state: 2,
          transaction_status: 0,
          transaction_status2: 258,
          dtc_state: 0,
          dtc_status: 0,
          dtc_isolation_level: -1,
        }),
      )
    },
  ],
  'sys.dm_tran_session_transactions': [
    'session_id transaction_id:bigint transaction_descriptor:fb8 enlist_count is_user_transaction:bit is_local:bit is_enlisted:bit is_bound:bit open_transaction_count',
    (s) => {
      requireServerState(s)
      return open(s).map((other): Row => {
        const descriptor = Buffer.alloc(8)
        descriptor.writeBigUInt64LE(BigInt(idOf(other)))
        return {
          session_id: other.spid,
          transaction_id: idOf(other),
          transaction_descriptor: descriptor,
          enlist_count: 0,
          is_user_transaction: 1,
          is_local: 1,
          is_enlisted: 0,
          is_bound: 0,
          open_transaction_count: other.transaction.count,
        }
      })
    },
  ],
  'sys.dm_tran_database_transactions': [
    'transaction_id:bigint database_id database_transaction_begin_time:datetime? database_transaction_type database_transaction_state database_transaction_status database_transaction_log_record_count:bigint database_transaction_log_bytes_used:bigint',
    (s) => {
      requireServerState(s)
      return open(s).map(
        (other): Row => ({
          transaction_id: idOf(other),
          database_id: other.database.id,
          database_transaction_begin_time: datetime(other.statementTime),
          database_transaction_type: 1,
          database_transaction_state: 4,
          database_transaction_status: 0,
          database_transaction_log_record_count: 0,
          database_transaction_log_bytes_used: 0,
        }),
      )
    },
  ],
  'sys.dm_tran_current_transaction': [
    'transaction_id:bigint transaction_sequence_num:bigint transaction_is_snapshot:bit first_snapshot_sequence_num:bigint? last_transaction_sequence_num:bigint first_useful_sequence_num:bigint',
    (s) => [
      {
        transaction_id: idOf(s),
        transaction_sequence_num: 0,
        transaction_is_snapshot: 0,
        first_snapshot_sequence_num: null,
        last_transaction_sequence_num: 0,
        first_useful_sequence_num: 0,
      },
    ],
  ],
  'sys.dm_os_sys_info': [
    'cpu_ticks:bigint ms_ticks:bigint cpu_count hyperthread_ratio physical_memory_kb:bigint virtual_memory_kb:bigint committed_kb:bigint committed_target_kb:bigint max_workers_count scheduler_count sqlserver_start_time:datetime affinity_type affinity_type_desc:n60 virtual_machine_type virtual_machine_type_desc:n60 socket_count cores_per_socket numa_node_count container_type container_type_desc:n60',
    (s) => {
      requireServerState(s)
      return [
        {
          cpu_ticks: 0,
          ms_ticks: 0,
          cpu_count: 4,
          hyperthread_ratio: 4,
          physical_memory_kb: 8_388_608,
          virtual_memory_kb: 137_438_953_344,
          committed_kb: 262_144,
          committed_target_kb: 4_194_304,
          max_workers_count: 512,
          scheduler_count: 4,
          sqlserver_start_time: s.instance.startedText,
          affinity_type: 2,
          affinity_type_desc: 'AUTO',
          virtual_machine_type: 1,
          virtual_machine_type_desc: 'HYPERVISOR',
          socket_count: 1,
          cores_per_socket: 4,
          numa_node_count: 1,
          container_type: 0,
          container_type_desc: 'NONE',
        },
      ]
    },
  ],
  'sys.endpoints': [
    'name:name endpoint_id principal_id:int? protocol:tinyint protocol_desc:n60? type:tinyint type_desc:n60? state:tinyint? state_desc:n60? is_admin_endpoint:bit',
    () =>
      endpoints.map(
        ([id, name, protocol, text]): Row => ({
          name,
          endpoint_id: id,
          principal_id: 1,
          protocol,
          protocol_desc: text,
          type: 2,
          type_desc: 'TSQL',
          state: 0,
          state_desc: 'STARTED',
          is_admin_endpoint: id === 1 ? 1 : 0,
        }),
      ),
  ],
}
