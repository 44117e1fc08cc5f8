/** RESTORE FILELISTONLY and LABELONLY: what a backup holds, for who wants to restore it. */
import { decimalType, types } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import { columnsOf } from '../catalog/column-list.ts'
import { convertCell } from '../values/convert.ts'
import type { Execution } from './execution.ts'
import type { Header } from './restore.ts'

const logBytes = 8 * 1024 * 1024

const files =
  'LogicalName:n128? PhysicalName:n260? Type:c1? FileGroupName:n128? Size:bigint? MaxSize:bigint? FileId:bigint? CreateLSN:dec25? DropLSN:dec25? UniqueId:guid? ReadOnlyLSN:dec25? ReadWriteLSN:dec25? BackupSizeInBytes:bigint? SourceBlockSize:int? FileGroupId:int? LogGroupGUID:guid? DifferentialBaseLSN:dec25? DifferentialBaseGUID:guid? IsReadOnly:bit? IsPresent:bit? TDEThumbprint:bin? SnapshotUrl:n360?'
const label =
  'MediaName:n128? MediaSetId:guid? FamilyCount:int? FamilySequenceNumber:int? MediaFamilyId:guid? MediaSequenceNumber:int? MediaLabelPresent:tinyint? MediaDescription:n255? SoftwareName:n128? SoftwareVendorId:int? MediaDate:datetime? MirrorCount:int? IsCompressed:bit?'

export function sendFiles(x: Execution, header: Header, bytes: number): void {
  const none = convertCell(0, types.int, decimalType(25, 0, 'numeric'))
  const row = (id: number, name: string, log: boolean, size: number) => [
    name,
    `/var/opt/mssql/data/${name}.${log ? 'ldf' : 'mdf'}`,
    log ? 'L' : 'D',
    log ? null : 'PRIMARY',
    size,
    log ? 2_199_023_255_552 : 35_184_372_080_640,
    id,
    ...[none, none, null, none, none],
    log ? 0 : size,
    4096,
    log ? 0 : 1,
    ...[null, none, null],
    ...[0, 1, null, null],
  ]
  const rows = [row(1, header.name, false, bytes), row(2, `${header.name}_log`, true, logBytes)]
  x.sink.columns(columnsOf(files))
  for (const cells of rows) x.sink.row(cells)
  x.sink.done({ kind: x.frame.done, command: statementCodes.none, count: rows.length })
}

export function sendLabel(x: Execution, header: Header): void {
  x.sink.columns(columnsOf(label))
  x.sink.row([null, null, 1, 1, null, 1, 0, null, 'Microsoft SQL Server', 4608, header.finished, 1, 0])
  x.sink.done({ kind: x.frame.done, command: statementCodes.none, count: 1 })
}
