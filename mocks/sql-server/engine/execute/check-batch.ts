import type { Expr, Statement } from '../../tsql/ast.ts'
import { Binder } from '../binder/binder.ts'
import { bindExpr } from '../binder/expression.ts'
import { bindPredicate } from '../binder/predicate.ts'
import { Scope } from '../binder/scope.ts'
import { variableType } from '../binder/type-of-ref.ts'
import { userType } from '../catalog/user-types.ts'
import { errors } from '../errors.ts'
import { newFrame } from '../session/frame.ts'
import { SqlError } from '../sql-error.ts'
import { withSession } from '../udf/running-session.ts'
import type { Execution } from './execution.ts'
import { reportError } from './interpreter.ts'
import { checkQuery } from './select.ts'
import { sessionEnvironment } from './session-environment.ts'

/** What is found before anything runs. A missing object is not: it may be made by the time it is needed. */
const early = new Set([
  137, 1087, 134, 207, 209, 4104, 195, 174, 155, 8120, 8121, 8127, 147, 205, 108, 107, 263, 116, 141, 145, 104, 1011,
  1013, 1033, 8155, 8156, 8158, 8159, 4127, 4151, 8133, 264, 2715,
])
const checked = new WeakMap<readonly Statement[], true>()

/** Binds the queries of a batch ahead of time. A batch without fault is not checked again. */
export function checkBatch(x: Execution, statements: readonly Statement[]): SqlError[] {
  if (checked.has(statements)) return []
  const problems: SqlError[] = []
  // A frame of its own: declaring here must not declare there. Constants of tables made in the batch are not known yet.
  const frame = newFrame({ ...x.frame, variables: new Map(x.frame.variables), tables: new Map(x.frame.tables) })
  const inner: Execution = { ...x, frame }
  const attempt = (work: () => void, line: number) => {
    try {
      work()
    } catch (error) {
      // A statement that is too deep for our stack says so when it runs.
      if (error instanceof RangeError) return
      if (!(error instanceof SqlError)) throw error
      if (!early.has(error.number)) return
      if (error.line === 0) error.line = line
      problems.push(error)
    }
  }
  const binder = () => new Binder(sessionEnvironment(x.session, frame, { catalogs: new Map(), temporary: false }))
  const bind = (work: (b: Binder) => unknown, line: number) => {
    // A batch without module is checked as it runs.
    if (x.frame.procedure === '' || tableVariables.size > 0) return
    attempt(() => void withSession(x.session, () => work(binder())), line)
  }
  const expression = (expr: Expr, line: number) => bind((b) => bindExpr(b, new Scope(), expr), line)
  const condition = (expr: Expr, line: number) => bind((b) => bindPredicate(b, new Scope(), expr), line)
  const visit = (statement: Statement): void => {
    switch (statement.kind) {
      case 'declare':
        for (const [at, variable] of statement.variables.entries()) {
          const { type } = variable
          const key = variable.name.toLowerCase()
          if (declared.has(key))
            attempt(() => {
              throw errors.alreadyDeclared(variable.name, variable.line)
            }, variable.line)
          declared.add(key)
          const made = type ? userType(x, type) : undefined
          if (type && !made?.table)
            attempt(
              () =>
                frame.variables.set(variable.name.toLowerCase(), {
                  type: made?.alias?.type ?? variableType(type, x.session.collation, at),
                  value: null,
                }),
              statement.line,
            )
          else tableVariables.add(variable.name.toLowerCase())
        }
        return
      case 'query':
        if (tableVariables.size === 0) attempt(() => checkQuery(inner, statement), statement.line)
        return
      case 'setVariable':
        expression(statement.value, statement.line)
        return
      case 'return':
      case 'print':
        if (statement.value) expression(statement.value, statement.line)
        return
      case 'if':
        condition(statement.condition, statement.line)
        visit(statement.then)
        if (statement.otherwise) visit(statement.otherwise)
        return
      case 'while':
        condition(statement.condition, statement.line)
        visit(statement.body)
        return
      case 'block':
        statement.body.forEach(visit)
        return
      case 'try':
        statement.body.forEach(visit)
        statement.handler.forEach(visit)
        return
      default:
    }
  }
  const tableVariables = new Set<string>()
  const declared = new Set(frame.variables.keys())
  statements.forEach(visit)
  if (problems.length === 0) checked.set(statements, true)
  return problems
}

/** Throws what is wrong with statements ahead of their run; where nobody catches, every problem is told. */
export function requireSound(x: Execution, statements: readonly Statement[]): void {
  const problems = checkBatch(x, statements)
  const thrown = x.session.tryDepth > 0 ? problems[0] : problems.pop()
  if (!thrown) return
  if (x.session.tryDepth === 0) for (const problem of problems) reportError(x, problem)
  throw thrown
}
