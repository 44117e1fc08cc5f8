import type { DataType } from '../../tds/data-type.ts'
import type { TypeRef } from '../../tsql/ast.ts'
import { typeOfRef } from '../binder/type-of-ref.ts'
import { catalogOf, type Execution } from '../execute/execution.ts'
import type { TypeDef } from './definitions.ts'

/** The type that a user has made, if the name is one's. */
export function userType(x: Pick<Execution, 'session'>, ref: TypeRef): TypeDef | undefined {
  const { session } = x
  const catalog = catalogOf(session, session.database)
  if (!catalog.hasTypes) return undefined
  return ref.schema
    ? catalog.type(ref.schema, ref.name)
    : (catalog.type(session.defaultSchema(session.database), ref.name) ?? catalog.type('dbo', ref.name))
}

/** A declared type: one of the server's, or an alias that a user has made for one. */
export const declaredType = (x: Pick<Execution, 'session'>, ref: TypeRef, collation = x.session.collation): DataType =>
  userType(x, ref)?.alias?.type ?? typeOfRef(ref, collation)
