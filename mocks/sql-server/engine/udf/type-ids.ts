/** user_type_id of the types of the system. */
export const typeIds: ReadonlyMap<string, number> = new Map([
  ['image', 34],
  ['text', 35],
  ['uniqueidentifier', 36],
  ['date', 40],
  ['time', 41],
  ['datetime2', 42],
  ['datetimeoffset', 43],
  ['tinyint', 48],
  ['smallint', 52],
  ['int', 56],
  ['smalldatetime', 58],
  ['real', 59],
  ['money', 60],
  ['datetime', 61],
  ['float', 62],
  ['sql_variant', 98],
  ['ntext', 99],
  ['bit', 104],
  ['decimal', 106],
  ['numeric', 108],
  ['smallmoney', 122],
  ['bigint', 127],
  ['varbinary', 165],
  ['varchar', 167],
  ['binary', 173],
  ['char', 175],
  ['timestamp', 189],
  ['nvarchar', 231],
  ['sysname', 256],
  ['nchar', 239],
  ['xml', 241],
  ['hierarchyid', 128],
  ['geometry', 129],
  ['geography', 130],
])

const clrTypeId = 240

/** system_type_id, by the id of the type: one for all CLR types. */
export const systemTypeId = (id: number): number => (id === 256 ? 231 : id >= 128 && id <= 130 ? clrTypeId : id)
