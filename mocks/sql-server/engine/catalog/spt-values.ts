import { columnsOf } from './column-list.ts'
import type { SystemView } from './system-view.ts'

const powers = 8

/** master..spt_values, for what everybody reads it: the numbers from 0 to 2047, which are its rows of the type P. */
export const sptValues: SystemView = {
  id: -99,
  schema: 'dbo',
  name: 'spt_values',
  columns: columnsOf('name:n35? number:int type:n3 low:int? high:int? status:int?'),
  rows: () =>
    Array.from({ length: 2048 }, (_, number) => ({
      name: null,
      number,
      type: 'P  ',
      low: Math.floor(number / powers) + 1,
      high: 2 ** (number % powers),
      status: 0,
    })),
}
