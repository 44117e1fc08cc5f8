/** Functions and @@variables that tell of the server, the session and the catalogue: all answered by `sys_(name, …)`. */

import { type DataType, maxLength, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'

const int = (name: string) => [0, 0, (call: Call) => call.result(`sys_('${name}')`, types.int, false)] as const
const nullableInt = (name: string) => [0, 0, (call: Call) => call.result(`sys_('${name}')`, types.int)] as const
const named = (name: string, length = 128) =>
  [0, 0, (call: Call) => call.result(`sys_('${name}')`, call.nvarchar(length))] as const

/** A function of texts and numbers, each as it comes. */
const of = (min: number, max: number, type: (call: Call) => DataType) =>
  [
    min,
    max,
    (call: Call) =>
      call.result(`sys_(${[`'${call.name}'`, ...call.args.map((_, i) => argument(call, i))].join(',')})`, type(call)),
  ] as const

const argument = (call: Call, at: number): string => {
  const { type, untyped, sql } = call.arg(at)
  return untyped
    ? sql
    : type.name === 'int' ||
        type.name === 'smallint' ||
        type.name === 'tinyint' ||
        type.name === 'bigint' ||
        type.name === 'bit' ||
        type.name.endsWith('binary')
      ? sql
      : call.text(at)
}

const anInt = () => types.int
const aName = (call: Call) => call.nvarchar(128)
const aText = (call: Call) => call.nvarchar(maxLength)
const numeric38: DataType = { name: 'numeric', length: 0, precision: 38, scale: 0 }

export const systemFunctions: FunctionTable = {
  '@@VERSION': named('@@VERSION', 300),
  '@@SERVERNAME': named('@@SERVERNAME'),
  '@@SERVICENAME': named('@@SERVICENAME'),
  '@@LANGUAGE': named('@@LANGUAGE'),
  '@@SPID': [0, 0, (call) => call.result(`sys_('@@SPID')`, types.smallint, false)],
  '@@TRANCOUNT': int('@@TRANCOUNT'),
  '@@ROWCOUNT': int('@@ROWCOUNT'),
  '@@ERROR': int('@@ERROR'),
  '@@OPTIONS': int('@@OPTIONS'),
  '@@NESTLEVEL': int('@@NESTLEVEL'),
  '@@LOCK_TIMEOUT': int('@@LOCK_TIMEOUT'),
  '@@TEXTSIZE': int('@@TEXTSIZE'),
  '@@CONNECTIONS': int('@@CONNECTIONS'),
  '@@MAX_CONNECTIONS': int('@@MAX_CONNECTIONS'),
  '@@MICROSOFTVERSION': int('@@MICROSOFTVERSION'),
  '@@FETCH_STATUS': int('@@FETCH_STATUS'),
  '@@CURSOR_ROWS': int('@@CURSOR_ROWS'),
  '@@PROCID': int('@@PROCID'),
  '@@DATEFIRST': [0, 0, (call) => call.result(`sys_('@@DATEFIRST')`, types.tinyint, false)],
  '@@LANGID': [0, 0, (call) => call.result(`sys_('@@LANGID')`, types.smallint, false)],
  '@@MAX_PRECISION': [0, 0, (call) => call.result(`sys_('@@MAX_PRECISION')`, types.tinyint, false)],
  '@@IDENTITY': [0, 0, (call) => call.result(`sys_('@@IDENTITY')`, numeric38)],
  '@@DBTS': [0, 0, (call) => call.result(`sys_('@@DBTS')`, { name: 'varbinary', length: 8, precision: 0, scale: 0 })],
  UPDATE: of(1, 1, anInt),
  COLUMNS_UPDATED: [
    0,
    0,
    (call) => call.result(`sys_('COLUMNS_UPDATED')`, { name: 'varbinary', length: 128, precision: 0, scale: 0 }),
  ],
  CURSOR_STATUS: [2, 2, (call) => call.result(`sys_('CURSOR_STATUS',${call.text(0)},${call.text(1)})`, types.smallint)],
  TRIGGER_NESTLEVEL: of(0, 3, anInt),
  SCOPE_IDENTITY: [0, 0, (call) => call.result(`sys_('SCOPE_IDENTITY')`, numeric38)],
  IDENT_CURRENT: [1, 1, (call) => call.result(`sys_('IDENT_CURRENT',${call.text(0)})`, numeric38)],
  IDENT_SEED: of(1, 1, () => numeric38),
  IDENT_INCR: of(1, 1, () => numeric38),
  ROWCOUNT_BIG: [0, 0, (call) => call.result(`sys_('@@ROWCOUNT')`, types.bigint, false)],
  XACT_STATE: [0, 0, (call) => call.result(`sys_('XACT_STATE')`, types.smallint, false)],
  SERVERPROPERTY: [1, 1, (call) => call.result(`sys_('SERVERPROPERTY',${call.text(0)})`, types.variant)],
  CONNECTIONPROPERTY: [1, 1, (call) => call.result(`sys_('CONNECTIONPROPERTY',${call.text(0)})`, types.variant)],
  DATABASEPROPERTYEX: [
    2,
    2,
    (call) => call.result(`sys_('DATABASEPROPERTYEX',${call.text(0)},${call.text(1)})`, types.variant),
  ],
  SESSIONPROPERTY: [1, 1, (call) => call.result(`sys_('SESSIONPROPERTY',${call.text(0)})`, types.variant)],
  DB_NAME: of(0, 1, aName),
  DB_ID: [0, 1, (call) => call.result(`sys_('DB_ID'${call.count > 0 ? `,${call.text(0)}` : ''})`, types.smallint)],
  SCHEMA_NAME: of(0, 1, aName),
  SCHEMA_ID: of(0, 1, anInt),
  OBJECT_ID: of(1, 2, anInt),
  OBJECT_NAME: of(1, 2, aName),
  OBJECT_SCHEMA_NAME: of(1, 2, aName),
  OBJECT_DEFINITION: of(1, 1, aText),
  OBJECTPROPERTY: of(2, 2, anInt),
  OBJECTPROPERTYEX: [
    2,
    2,
    (call) => call.result(`sys_('OBJECTPROPERTY',${argument(call, 0)},${call.text(1)})`, types.variant),
  ],
  COLUMNPROPERTY: of(3, 3, anInt),
  COL_LENGTH: [2, 2, (call) => call.result(`sys_('COL_LENGTH',${call.text(0)},${call.text(1)})`, types.smallint)],
  '@@CPU_BUSY': int('@@CPU_BUSY'),
  '@@IDLE': int('@@IDLE'),
  '@@IO_BUSY': int('@@IO_BUSY'),
  '@@PACK_RECEIVED': int('@@PACK_RECEIVED'),
  '@@PACK_SENT': int('@@PACK_SENT'),
  '@@PACKET_ERRORS': int('@@PACKET_ERRORS'),
  '@@TIMETICKS': int('@@TIMETICKS'),
  '@@TOTAL_ERRORS': int('@@TOTAL_ERRORS'),
  '@@TOTAL_READ': int('@@TOTAL_READ'),
  '@@TOTAL_WRITE': int('@@TOTAL_WRITE'),
  INDEXPROPERTY: of(3, 3, anInt),
  INDEX_COL: of(3, 3, aName),
  INDEXKEY_PROPERTY: of(4, 4, anInt),
  TYPEPROPERTY: of(2, 2, anInt),
  FILE_ID: of(1, 1, () => types.smallint),
  FILE_IDEX: of(1, 1, anInt),
  FILE_NAME: of(1, 1, aName),
  FILEGROUP_ID: of(1, 1, anInt),
  FILEGROUP_NAME: of(1, 1, aName),
  STATS_DATE: of(2, 2, () => types.datetime),
  COL_NAME: of(2, 2, aName),
  TYPE_ID: of(1, 1, anInt),
  TYPE_NAME: of(1, 1, aName),
  ODBCSCALE: of(2, 2, anInt),
  SUSER_SNAME: of(0, 1, aName),
  SUSER_NAME: of(0, 1, aName),
  SUSER_ID: of(0, 1, anInt),
  SUSER_SID: [
    0,
    2,
    (call) =>
      call.result(`sys_('SUSER_SID'${call.count > 0 ? `,${call.text(0)}` : ''})`, {
        name: 'varbinary',
        length: 85,
        precision: 0,
        scale: 0,
      }),
  ],
  ORIGINAL_LOGIN: named('ORIGINAL_LOGIN'),
  SYSTEM_USER: named('SYSTEM_USER'),
  USER_NAME: of(0, 1, aName),
  USER_ID: of(0, 1, anInt),
  DATABASE_PRINCIPAL_ID: [
    0,
    1,
    (call) => call.result(`sys_('USER_ID'${call.count > 0 ? `,${call.text(0)}` : ''})`, types.int),
  ],
  CURRENT_USER: named('CURRENT_USER'),
  SESSION_USER: named('CURRENT_USER'),
  USER: named('CURRENT_USER'),
  IS_SRVROLEMEMBER: of(1, 2, anInt),
  IS_MEMBER: of(1, 1, anInt),
  IS_ROLEMEMBER: of(1, 2, anInt),
  LOGINPROPERTY: [2, 2, (call) => call.result(`sys_('LOGINPROPERTY',${call.text(0)},${call.text(1)})`, types.variant)],
  PWDCOMPARE: [2, 3, (call) => call.result(`sys_('PWDCOMPARE',${call.text(0)},${call.arg(1).sql})`, types.int)],
  PWDENCRYPT: [
    1,
    1,
    (call) =>
      call.result(`sys_('PWDENCRYPT',${call.text(0)})`, { name: 'varbinary', length: 128, precision: 0, scale: 0 }),
  ],
  HAS_DBACCESS: of(1, 1, anInt),
  HAS_PERMS_BY_NAME: of(3, 5, anInt),
  HOST_NAME: named('HOST_NAME'),
  HOST_ID: named('HOST_ID', 10),
  APP_NAME: named('APP_NAME'),
  PROGRAM_NAME: named('APP_NAME'),
  ERROR_NUMBER: nullableInt('ERROR_NUMBER'),
  ERROR_SEVERITY: nullableInt('ERROR_SEVERITY'),
  ERROR_STATE: nullableInt('ERROR_STATE'),
  ERROR_LINE: nullableInt('ERROR_LINE'),
  ERROR_MESSAGE: named('ERROR_MESSAGE', 4000),
  ERROR_PROCEDURE: named('ERROR_PROCEDURE'),
  CURRENT_TRANSACTION_ID: [0, 0, (call) => call.result(`sys_('CURRENT_TRANSACTION_ID')`, types.bigint)],
  CONTEXT_INFO: [
    0,
    0,
    (call) => call.result(`sys_('CONTEXT_INFO')`, { name: 'varbinary', length: 128, precision: 0, scale: 0 }),
  ],
  SQL_VARIANT_PROPERTY: [
    2,
    2,
    (call) => call.result(`variant_property(${call.as(0, types.variant)},${call.text(1)})`, types.variant),
  ],
  SESSION_CONTEXT: [1, 1, (call) => call.result(`sys_('SESSION_CONTEXT',${call.text(0)})`, types.variant)],
  FORMATMESSAGE: [
    1,
    20,
    (call) => {
      const args = call.args.map((_, i) => argument(call, i)).join(',')
      const byNumber = call.arg(0).type.name === 'int'
      return call.result(byNumber ? `sys_('FORMATMESSAGE',${args})` : `s_format(${args})`, call.nvarchar(2047))
    },
  ],
}
