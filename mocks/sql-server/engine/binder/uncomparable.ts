/** Types whose values are neither equal nor in an order: what SQL Server says where one is called for. */
import type { DataType } from '../../tds/data-type.ts'
import { SqlError } from '../sql-error.ts'

const long = new Set(['text', 'ntext', 'image'])
const spatial = new Set(['geometry', 'geography'])

export type Clause = 'ORDER BY' | 'GROUP BY' | 'DISTINCT'

const operators: Readonly<Record<string, string>> = {
  '=': 'equal to',
  '<>': 'not equal to',
  '<': 'less than',
  '>': 'greater than',
  '<=': 'less than or equal to',
  '>=': 'greater than or equal to',
  '+': 'add',
  '-': 'subtract',
}

export const isUncomparable = ({ name }: DataType): boolean => name === 'xml' || long.has(name) || spatial.has(name)

export function uncomparable({ name }: Pick<DataType, 'name'>, clause: Clause): SqlError {
  if (clause === 'DISTINCT')
    return new SqlError(
      421,
      16,
      1,
      `The ${name} data type cannot be selected as DISTINCT because it is not comparable.`,
    )
  if (name === 'xml')
    return new SqlError(
      305,
      16,
      1,
      'The xml data type cannot be compared or sorted, except when using the IS NULL operator.',
    )
  if (long.has(name))
    return new SqlError(
      306,
      16,
      2,
      'The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.',
    )
  return new SqlError(249, 16, 1, `The type "${name}" is not comparable. It cannot be used in the ${clause} clause.`)
}

/** Both sides of an operator: a spatial value has none. */
export function checkOperands(op: string, ...sides: readonly DataType[]): void {
  const side = sides.find(({ name }) => spatial.has(name))
  if (side)
    throw new SqlError(
      403,
      16,
      1,
      `Invalid operator for data type. Operator equals ${operators[op] ?? op}, type equals ${side.name}.`,
    )
  if (sides.some(({ name }) => name === 'xml') && op !== '+') throw uncomparable({ name: 'xml' }, 'ORDER BY')
}
