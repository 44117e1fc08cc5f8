/** CREATE and ALTER of views, procedures, functions and triggers: their text is kept, and parsed again where it is used. */

import { hasPermission, requireDatabase } from '../../security/permissions.ts'
import { rightsOf } from '../../security/rights.ts'
import { principalSecurable } from '../../security/securable.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import { Binder } from '../binder/binder.ts'
import { checkOrder } from '../binder/named-rows.ts'
import { bindQuery } from '../binder/query.ts'
import type { ModuleDef, ObjectDef } from '../catalog/definitions.ts'
import { createText, type ModuleStatement } from '../catalog/module-statement.ts'
import { userType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { securityErrors } from '../security-errors.ts'
import { isGlobalTemporary } from '../session/temporary-name.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import { changeCatalog, putEntries } from './catalog-change.ts'
import { checkFunction } from './check-function.ts'
import { triggerInfo } from './create-trigger.ts'
import { catalogOf, type Execution } from './execution.ts'
import { type Place, placeOf, requireSchema } from './place.ts'
import { requireBindable, requireUnbound } from './schema-binding.ts'
import { sessionEnvironment } from './session-environment.ts'
import { requireReadOnly } from './table-arguments.ts'
import { createTemporaryProcedure } from './temporary-procedure.ts'

/** Whom the module runs as: SELF is who makes it; naming another needs the right to be that one. */
function moduleContext(x: Execution, s: ModuleStatement): Pick<ModuleDef, 'executeAs'> {
  const { executeAs } = s
  if (!executeAs) return {}
  const rights = rightsOf(x.session)
  if ('context' in executeAs) {
    if (executeAs.context === 'OWNER') return { executeAs: { owner: true } }
    return { executeAs: { user: rights.user?.name ?? 'guest' } }
  }
  const user = catalogOf(x.session, x.session.database).principal(executeAs.user)
  if (!user || user.role || (rights.user !== user && !rights.allows(principalSecurable(user), 'IMPERSONATE')))
    throw securityErrors.cannotBeUser(executeAs.user)
  return { executeAs: { user: user.name } }
}

const kinds = { VIEW: 'view', PROCEDURE: 'procedure', FUNCTION: 'function', TRIGGER: 'trigger' } as const
/** As error 166 names them. */
const createNames = {
  VIEW: 'CREATE VIEW',
  PROCEDURE: 'CREATE/ALTER PROCEDURE',
  FUNCTION: 'CREATE FUNCTION',
  TRIGGER: 'CREATE TRIGGER',
} as const
const functionTypes = { scalar: 'FN', inline: 'IF', table: 'TF' } as const
const commands = {
  view: statementCodes.createView,
  procedure: statementCodes.createProcedure,
  function: 0xdd,
  trigger: 0xdc,
} as const

/** What is there already is altered by who may alter it; it need not be there for who cannot see it. */
function requireAlter(x: Execution, place: Place, existing: ObjectDef): void {
  if (hasPermission(x.session, place.database, 'ALTER', existing)) return
  if (!rightsOf(x.session, place.database).sees(existing)) throw errors.noObject(existing.name, 0)
  throw new SqlError(
    3704,
    16,
    1,
    `User does not have permission to perform this operation on ${existing.kind} '${existing.name}'.`,
  )
}

export async function runCreateModule(x: Execution, s: ModuleStatement): Promise<void> {
  const kind = kinds[s.what]
  const { session } = x
  if (s.name.at(-3) && !isGlobalTemporary(s.name.at(-1) ?? '')) throw errors.databasePrefix(createNames[s.what])
  const place = s.trigger ? placeOfTrigger(x, s, s.trigger.on) : placeOf(x, s.name)
  if (place.name.startsWith('#')) {
    requireReadOnly(x, s.parameters, s.line)
    createTemporaryProcedure(x, s, place.name, moduleContext(x, s))
    return
  }
  const existing = catalogOf(session, place.database).object(place.schema, place.name)
  if (existing && s.mode !== 'create') requireAlter(x, place, existing)
  else if (kind !== 'trigger') {
    requireDatabase(session, place.database, `CREATE ${s.what}`)
    requireSchema(x, place)
  }
  if (s.mode === 'create' && existing) throw errors.exists(place.name)
  if (s.mode === 'alter' && existing?.kind !== kind) throw errors.noObject(s.name.join('.'), s.line)
  if (s.mode === 'createOrAlter' && existing && existing.kind !== kind) throw errors.exists(place.name)
  requireReadOnly(x, s.parameters, s.line)
  if (s.what === 'FUNCTION' && s.parameters.some((parameter) => userType(x, parameter.type)))
    throw unsupported('user-defined types as parameters of functions', s.line)
  if (s.query) checkView(x, s, s.query)
  const shape = s.function
  if (shape) checkFunction(x, s, place)
  const functionType = shape ? functionTypes[shape.kind] : undefined
  if (existing?.kind === 'function' && functionType !== existing.functionType)
    throw new SqlError(
      2010,
      16,
      1,
      `Cannot perform alter on '${s.name.join('.')}' because it is an incompatible object type.`,
    )
  const trigger = s.trigger ? triggerInfo(x, s.trigger, place, existing) : undefined
  const now = session.instance.nowText()
  const module: ModuleDef = {
    kind,
    id: existing?.id ?? place.database.newObjectId(),
    schema: place.schema,
    name: existing?.name ?? place.name,
    created: existing?.created ?? now,
    modified: now,
    text: createText(s),
    quotedIdentifier: x.frame.quotedIdentifier,
    ...(functionType ? { functionType } : {}),
    ...(s.schemaBinding ? { schemaBinding: true } : {}),
    ...(trigger ? { trigger } : {}),
    ...moduleContext(x, s),
  }
  if (module.schemaBinding) requireBindable(module)
  if (existing && s.mode !== 'create') requireUnbound(x, place.database, existing, 'ALTER')
  await changeCatalog(x, place.database, [], (store) => putEntries(x, place.database, store, [module]))
  x.sink.done({ kind: x.frame.done, command: commands[kind] })
}

/** A trigger lies in the schema of its table. */
function placeOfTrigger(x: Execution, s: ModuleStatement, on: readonly string[]): Place {
  const parent = placeOf(x, on)
  const own = s.name.at(-2)
  if (own && own.toLowerCase() !== parent.schema.toLowerCase())
    throw new SqlError(
      2103,
      15,
      1,
      `Cannot create trigger '${s.name.join('.')}' because its schema is different from the schema of the target table or view.`,
    )
  return { database: parent.database, schema: parent.schema, name: s.name.at(-1) ?? '' }
}

function checkView(x: Execution, s: ModuleStatement, query: NonNullable<ModuleStatement['query']>): void {
  const { session } = x
  const bound = withSession(session, () =>
    bindQuery(
      new Binder(sessionEnvironment(session, x.frame, { catalogs: new Map(), temporary: false })),
      checkOrder(query),
    ),
  )
  const names = s.columns ?? bound.columns.map((column) => column.name)
  const nameless = names.indexOf('')
  if (nameless !== -1)
    throw new SqlError(
      4511,
      16,
      1,
      `Create View or Function failed because no column name was specified for column ${nameless + 1}.`,
    )
}
