/** Logins, users, roles, schemas and permissions. */
import { statementCodes } from '../../tds/tokens/done.ts'
import type { Statement } from '../../tsql/ast.ts'
import { alterAuthorization } from './authorization-statement.ts'
import { executeAs, revert } from './execute-as.ts'
import type { Execution } from './execution.ts'
import { alterLogin, createLogin } from './login-statements.ts'
import { permission } from './permission-statement.ts'
import { alterRole, createRole } from './role-statements.ts'
import { alterServerRole, createServerRole } from './server-role-statements.ts'
import { alterUser, createSchema, createUser } from './user-statements.ts'

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>

type SecurityStatement = Of<
  | 'createSchema'
  | 'createLogin'
  | 'alterLogin'
  | 'createUser'
  | 'alterUser'
  | 'createRole'
  | 'alterRole'
  | 'permission'
  | 'alterAuthorization'
  | 'executeAs'
  | 'revert'
>

export async function runSecurityStatement(x: Execution, s: SecurityStatement): Promise<void> {
  switch (s.kind) {
    case 'createLogin':
      await createLogin(x, s)
      break
    case 'alterLogin':
      alterLogin(x, s)
      break
    case 'createUser':
      await createUser(x, s)
      break
    case 'alterUser':
      await alterUser(x, s)
      break
    case 'createRole':
      if (s.server) createServerRole(x, s)
      else await createRole(x, s)
      break
    case 'alterRole':
      if (s.server) alterServerRole(x, s)
      else await alterRole(x, s)
      break
    case 'createSchema':
      await createSchema(x, s)
      break
    case 'permission':
      await permission(x, s)
      break
    case 'alterAuthorization':
      await alterAuthorization(x, s)
      break
    case 'executeAs':
      await executeAs(x, s)
      break
    case 'revert':
      revert(x, s)
      break
  }
  x.sink.done({
    kind: x.frame.done,
    command:
      s.kind === 'permission'
        ? { GRANT: statementCodes.grant, DENY: statementCodes.deny, REVOKE: statementCodes.revoke }[s.verb]
        : 0,
  })
}
