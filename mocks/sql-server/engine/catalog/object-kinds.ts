/** Every kind of object with its code and description in sys.objects. */
import type { ObjectDef } from './definitions.ts'

const codes = {
  table: ['U ', 'USER_TABLE'],
  view: ['V ', 'VIEW'],
  procedure: ['P ', 'SQL_STORED_PROCEDURE'],
  trigger: ['TR', 'SQL_TRIGGER'],
  sequence: ['SO', 'SEQUENCE_OBJECT'],
  synonym: ['SN', 'SYNONYM'],
} as const
const functionCodes = {
  FN: ['FN', 'SQL_SCALAR_FUNCTION'],
  IF: ['IF', 'SQL_INLINE_TABLE_VALUED_FUNCTION'],
  TF: ['TF', 'SQL_TABLE_VALUED_FUNCTION'],
} as const

export function objectKind(object: ObjectDef): readonly [code: string, description: string] {
  return object.kind === 'function' ? functionCodes[object.functionType ?? 'FN'] : codes[object.kind]
}
