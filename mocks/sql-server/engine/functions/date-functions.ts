import { type DataType, familyOf, timeType, types } from '../../tds/data-type.ts'
import type { Call, FunctionTable } from '../binder/call.ts'
import { convertBound } from '../binder/convert-bound.ts'
import { SqlError, unsupported } from '../sql-error.ts'

const parts: Readonly<Record<string, string>> = {
  YEAR: 'year',
  YY: 'year',
  YYYY: 'year',
  QUARTER: 'quarter',
  QQ: 'quarter',
  Q: 'quarter',
  MONTH: 'month',
  MM: 'month',
  M: 'month',
  DAYOFYEAR: 'dayofyear',
  DY: 'dayofyear',
  Y: 'dayofyear',
  DAY: 'day',
  DD: 'day',
  D: 'day',
  WEEK: 'week',
  WK: 'week',
  WW: 'week',
  ISO_WEEK: 'iso_week',
  ISOWK: 'iso_week',
  ISOWW: 'iso_week',
  WEEKDAY: 'weekday',
  DW: 'weekday',
  W: 'weekday',
  HOUR: 'hour',
  HH: 'hour',
  MINUTE: 'minute',
  MI: 'minute',
  N: 'minute',
  SECOND: 'second',
  SS: 'second',
  S: 'second',
  MILLISECOND: 'millisecond',
  MS: 'millisecond',
  MICROSECOND: 'microsecond',
  MCS: 'microsecond',
  NANOSECOND: 'nanosecond',
  NS: 'nanosecond',
  TZOFFSET: 'tzoffset',
  TZ: 'tzoffset',
}

/** The datepart that is a call's first argument. */
export function datePart(call: Call): string {
  const [first] = call.expr.args
  const word =
    first?.kind === 'column' && first.parts.length === 1
      ? (first.parts[0] ?? '')
      : first?.kind === 'call'
        ? (first.name[0] ?? '')
        : ''
  const known = parts[word.toUpperCase()]
  if (!known)
    throw new SqlError(155, 15, 1, `'${word}' is not a recognized ${call.name.toLowerCase()} option.`, {
      line: call.expr.line,
    })
  return known
}

const others = (call: Call): Call['args'] => call.expr.args.slice(1).map((_, i) => call.arg(i + 1))

/** The type in which a moment goes in: text is read as datetime2(7), numbers as datetime. */
export function momentType(type: DataType): DataType {
  if (familyOf(type) === 'temporal') return type
  return familyOf(type) === 'text' ? timeType('datetime2', 7) : types.datetime
}

const spec = (type: DataType): string => `'${type.name}',${type.scale}`

/** Weeks and their days begin where SET DATEFIRST says. */
const firstDay = (datepart: string): string =>
  datepart === 'weekday' || datepart === 'week' ? ",sys_('@@DATEFIRST')" : ''

const now = (name: string, type: DataType) =>
  [0, 0, (call: Call) => call.result(`now_('${name}')`, type, false)] as const

const one = (datepart: string) =>
  [
    1,
    1,
    (call: Call) => {
      const type = momentType(call.arg(0).type)
      return call.result(`t_part('${datepart}',${call.as(0, type)},${spec(type)})`, types.int)
    },
  ] as const

export const dateFunctions: FunctionTable = {
  GETDATE: now('datetime', types.datetime),
  CURRENT_TIMESTAMP: now('datetime', types.datetime),
  GETUTCDATE: now('datetime', types.datetime),
  SYSDATETIME: now('datetime2', timeType('datetime2')),
  SYSUTCDATETIME: now('datetime2', timeType('datetime2')),
  SYSDATETIMEOFFSET: now('datetimeoffset', timeType('datetimeoffset')),
  CURRENT_DATE: now('date', types.date),
  DATEADD: [
    3,
    3,
    (call) => {
      const datepart = datePart(call)
      const [amount, when] = others(call)
      if (!amount || !when) throw unsupported('DATEADD')
      const type = familyOf(when.type) === 'text' || familyOf(when.type) !== 'temporal' ? types.datetime : when.type
      return call.result(
        `t_add('${datepart}',${convertBound(amount, types.int).sql},${convertBound(when, type).sql},${spec(type)})`,
        type,
      )
    },
  ],
  DATEDIFF: [3, 3, (call) => difference(call, types.int)],
  DATEDIFF_BIG: [3, 3, (call) => difference(call, types.bigint)],
  DATEPART: [
    2,
    2,
    (call) => {
      const datepart = datePart(call)
      const when = call.arg(1)
      const type = momentType(when.type)
      return call.result(
        `t_part('${datepart}',${convertBound(when, type).sql},${spec(type)}${firstDay(datepart)})`,
        types.int,
      )
    },
  ],
  DATENAME: [
    2,
    2,
    (call) => {
      const datepart = datePart(call)
      const when = call.arg(1)
      const type = momentType(when.type)
      return call.result(`t_name('${datepart}',${convertBound(when, type).sql},${spec(type)})`, call.nvarchar(30))
    },
  ],
  YEAR: one('year'),
  MONTH: one('month'),
  DAY: one('day'),
  EOMONTH: [
    1,
    2,
    (call) => call.result(`t_eomonth(${call.as(0, types.date)},${call.count > 1 ? call.int(1) : '0'})`, types.date),
  ],
  DATEFROMPARTS: [
    3,
    3,
    (call) => call.result(`t_make('date',0,${call.int(0)},${call.int(1)},${call.int(2)},0,0,0,0)`, types.date),
  ],
  DATETIMEFROMPARTS: [
    7,
    7,
    (call) =>
      call.result(`t_make('datetime',3,${[0, 1, 2, 3, 4, 5, 6].map((i) => call.int(i)).join(',')})`, types.datetime),
  ],
  DATETIME2FROMPARTS: [
    8,
    8,
    (call) => {
      const last = call.expr.args[7]
      const scale = last?.kind === 'literal' ? Number(last.text) : 7
      return call.result(
        `t_make('datetime2',${scale},${[0, 1, 2, 3, 4, 5, 6].map((i) => call.int(i)).join(',')})`,
        timeType('datetime2', scale),
      )
    },
  ],
  ISDATE: [1, 1, (call) => call.result(`t_valid(${call.text(0)})`, types.int, false)],
}

function difference(call: Call, type: DataType) {
  const datepart = datePart(call)
  const [from, to] = others(call)
  if (!from || !to) throw unsupported(call.name)
  const a = momentType(from.type)
  const z = momentType(to.type)
  return call.result(
    `t_diff('${datepart}',${convertBound(from, a).sql},${spec(a)},${convertBound(to, z).sql},${spec(z)},${type.name === 'int' ? 1 : 0})`,
    type,
  )
}
