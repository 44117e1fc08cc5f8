import { SqlError } from '../sql-error.ts'
import { integerCell } from '../values/to-number.ts'
import { strict, type Udf } from './udf.ts'

/** A tinyint has no sign. */
const signed = (value: bigint, width: number): bigint => (width <= 8 ? value : BigInt.asIntN(width, value))
const plain = (value: unknown, width: number): bigint => BigInt.asUintN(width, BigInt(value as bigint))

function place(at: number, width: number): bigint {
  if (at < 0 || at >= width)
    throw new SqlError(4826, 16, 1, `Invalid bit offset ${at}. It must be between 0 and ${width - 1}.`)
  return 1n << BigInt(at)
}

export const bitUdfs: readonly Udf[] = [
  strict('bits_count', (value, width) => plain(value, Number(width)).toString(2).replaceAll('0', '').length, true),
  strict(
    'bits_get',
    (value, at, width) => (plain(value, Number(width)) & place(Number(at), Number(width)) ? 1 : 0),
    true,
  ),
  strict(
    'bits_set',
    (value, at, bit, width) => {
      const mask = place(Number(at), Number(width))
      const bits = plain(value, Number(width))
      return integerCell(
        signed(BigInt.asUintN(Number(width), BigInt(bit as bigint) === 0n ? bits & ~mask : bits | mask), Number(width)),
      )
    },
    true,
  ),
  strict(
    'bits_shift',
    (value, by, width) => {
      const size = Number(width)
      const count = Number(by)
      if (Math.abs(count) >= size) return 0
      const bits = plain(value, size)
      return integerCell(
        signed(BigInt.asUintN(size, count >= 0 ? bits << BigInt(count) : bits >> BigInt(-count)), size),
      )
    },
    true,
  ),
]
