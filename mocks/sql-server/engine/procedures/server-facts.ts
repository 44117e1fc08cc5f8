/** What tools ask of the server itself: its versions, its part of the registry, its files. */
import { hasPermission } from '../../security/permissions.ts'
import { maxLength, textType, types } from '../../tds/data-type.ts'
import { productVersion } from '../../tds/tokens/login-ack.ts'
import { splitName } from '../udf/object-functions.ts'
import { serverProperty } from '../udf/server-properties.ts'
import { localName, localObject, noObjectHere } from './find-object.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'

function versions(call: ProcedureCall): number {
  const wanted = call.text('optname')?.toLowerCase()
  const rows: readonly ListedRow[] = [
    [1, 'ProductName', null, 'Microsoft SQL Server'],
    [2, 'ProductVersion', productVersion.major * 65_536 + productVersion.minor, productVersion.text],
    [3, 'Language', 1033, 'English (United States)'],
    [4, 'Platform', null, 'NT x64'],
    [5, 'Comments', null, 'SQL'],
    [6, 'CompanyName', null, 'Microsoft Corporation'],
    [7, 'FileDescription', null, 'SQL Server Windows NT - 64 Bit'],
    [8, 'FileVersion', null, productVersion.text],
    [9, 'InternalName', null, 'SQLSERVR'],
    [12, 'OriginalFilename', null, 'SQLSERVR.EXE'],
    [20, 'Product ID', null, null],
  ]
  call.send(
    'Index:smallint Name:n128? Internal_Value:int? Character_Value:n260?',
    rows.filter(([, name]) => wanted === undefined || String(name).toLowerCase() === wanted),
  )
  return 0
}

/** The values below `MSSQLServer` that tools read: how one may log in, and where files go by default. */
function registry(call: ProcedureCall): number {
  const { session } = call.x
  const value = call.text('value_name') ?? ''
  const known: ReadonlyMap<string, () => string | number> = new Map<string, () => string | number>([
    ['loginmode', () => (Number(serverProperty(session, 'IsIntegratedSecurityOnly')) === 1 ? 1 : 2)],
    ['defaultdata', () => String(serverProperty(session, 'InstanceDefaultDataPath'))],
    ['defaultlog', () => String(serverProperty(session, 'InstanceDefaultLogPath'))],
    ['backupdirectory', () => String(serverProperty(session, 'InstanceDefaultBackupPath'))],
  ])
  const read = /\\mssqlserver$/i.test(call.text('key') ?? '') ? known.get(value.toLowerCase()) : undefined
  if (!read) {
    // Severity 1: no error, and no value either.
    call.tell("RegOpenKeyEx() returned error 2, 'The system cannot find the file specified.'", 22001)
    return 1
  }
  const found = read()
  if (call.argument('value')?.place) {
    if (typeof found === 'number') call.output('value', found, types.int)
    else call.output('value', found, textType('nvarchar', maxLength, session.collation))
    return 0
  }
  call.send(`Value:n128? Data:${typeof found === 'number' ? 'int' : 'n260'}?`, [[value, found]])
  return 0
}

/** Something that changes nothing here, for an object that must be there and be one's own to change. */
function forObject(parameter: string, done?: (name: string) => readonly [number, string]): SystemProcedure {
  return {
    parameters: `${parameter}:n776 namespace:n20?`,
    run: (call) => {
      const { session } = call.x
      const given = call.text(parameter) ?? ''
      const { object, schema } = localName(session, given)
      const found = localObject(session, object, schema)
      if (!found || !hasPermission(session, session.database, 'ALTER', found)) throw noObjectHere(session, given)
      if (!done) return 0
      const [number, text] = done(splitName(given).join('.'))
      call.tell(text, number)
      return 0
    },
  }
}

export const serverFactProcedures: Readonly<Record<string, SystemProcedure>> = {
  xp_msver: { parameters: 'optname:n255?', run: versions },
  xp_regread: { parameters: 'rootkey:n260 key:n260 value_name:n260? value:variant?', run: registry },
  xp_instance_regread: { parameters: 'rootkey:n260 key:n260 value_name:n260? value:variant?', run: registry },
  sp_recompile: forObject('objname', (name) => [15070, `Object '${name}' was successfully marked for recompilation.`]),
  sp_refreshview: forObject('viewname'),
  sp_refreshsqlmodule: forObject('name'),
  sp_updatestats: {
    parameters: 'resample:v8?',
    run: (call) => {
      call.tell('Statistics for all tables have been updated.', 15005)
      return 0
    },
  },
}
