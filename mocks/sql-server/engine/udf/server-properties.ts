/** SERVERPROPERTY, DATABASEPROPERTYEX, CONNECTIONPROPERTY, @@VERSION. */
import type { Cell } from '../../tds/data-type.ts'
import { productVersion } from '../../tds/tokens/login-ack.ts'
import type { SqlSession } from '../session.ts'

const editions: Readonly<Record<string, readonly [name: string, engine: number, id: number]>> = {
  express: ['Express Edition (64-bit)', 4, -1592396055],
  standard: ['Standard Edition (64-bit)', 2, -1534726760],
  enterprise: ['Enterprise Edition (64-bit)', 3, 1804890536],
  developer: ['Developer Edition (64-bit)', 3, -2117995310],
}

/** Names come from clients: what every object has, like its constructor, is no property. */
function propertyOf(properties: Readonly<Record<string, Cell>>, name: string): Cell {
  const key = name.toLowerCase()
  return Object.hasOwn(properties, key) ? (properties[key] ?? null) : null
}

export function serverProperty(session: SqlSession, name: string): Cell {
  const { options } = session.instance
  const [edition, engine, editionId] = editions[options.edition] ?? ['', 3, 0]
  const [machine = '', instance] = options.serverName.split('\\')
  const properties: Readonly<Record<string, Cell>> = {
    productversion: productVersion.text,
    productlevel: 'RTM',
    productmajorversion: String(productVersion.major),
    productminorversion: '0',
    productbuild: String(productVersion.build),
    productupdatelevel: 'CU16',
    edition,
    engineedition: engine,
    editionid: editionId,
    servername: options.serverName,
    machinename: machine,
    computernamephysicalnetbios: machine,
    instancename: instance ?? null,
    collation: options.collation,
    collationid: 872_468_488,
    lcid: 1033,
    sqlcharset: 1,
    sqlcharsetname: 'iso_1',
    sqlsortorder: 52,
    sqlsortordername: 'nocase_iso',
    isclustered: 0,
    ishadrenabled: 0,
    hadrmanagerstatus: 2,
    isintegratedsecurityonly: options.authentication === 'windows' ? 1 : 0,
    issingleuser: 0,
    isfulltextinstalled: 0,
    islocaldb: 0,
    isxtpsupported: 1,
    isadvancedanalyticsinstalled: 0,
    ispolybaseinstalled: 0,
    istempdbmetadatamemoryoptimized: 0,
    processid: process.pid,
    comparisonstyle: 196_609,
    buildclrversion: 'v4.0.30319',
    licensetype: 'DISABLED',
    filestreamconfiguredlevel: 0,
    filestreameffectivelevel: 0,
    filestreamsharename: 'MSSQLSERVER',
    instancedefaultdatapath: '/var/opt/mssql/data/',
    instancedefaultlogpath: '/var/opt/mssql/data/',
    instancedefaultbackuppath: '/var/opt/mssql/data',
  }
  return propertyOf(properties, name)
}

export function versionText(session: SqlSession): string {
  const [edition] = editions[session.instance.options.edition] ?? ['']
  return `Microsoft SQL Server 2022 (RTM-CU16) (KB5048033) - ${productVersion.text} (X64) \n\tNov  6 2024 19:24:49 \n\tCopyright (C) 2022 Microsoft Corporation\n\t${edition} on Windows Server 2022 Standard 10.0 <X64> (Build 20348: ) (Hypervisor)\n`
}

export function databaseProperty(session: SqlSession, name: string, property: string): Cell {
  const database = session.instance.findDatabase(name)
  if (!database) return null
  const properties: Readonly<Record<string, Cell>> = {
    collation: database.collation.name,
    status: database.state,
    recovery: database.recovery,
    updateability: database.readOnly ? 'READ_ONLY' : 'READ_WRITE',
    useraccess: database.access,
    version: 957,
    isautoclose: 0,
    isautoshrink: 0,
    issnapshotisolation: 0,
    isansinullsenabled: 0,
    isquotedidentifiersenabled: 0,
    isfulltextenabled: 0,
    lcid: 1033,
    edition: null,
    isinstandby: 0,
    isparameterizationforced: 0,
  }
  return propertyOf(properties, property)
}

export function connectionProperty(session: SqlSession, name: string): Cell {
  const properties: Readonly<Record<string, Cell>> = {
    net_transport: 'TCP',
    protocol_type: 'TSQL',
    auth_scheme: session.contexts.original.token ? 'NTLM' : 'SQL',
    local_net_address: '127.0.0.1',
    local_tcp_port: session.instance.options.port ?? 1433,
    client_net_address: session.caller.address,
    physical_net_transport: 'TCP',
  }
  return propertyOf(properties, name)
}
