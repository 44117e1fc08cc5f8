/** CREATE TRIGGER on tables and views; ENABLE and DISABLE TRIGGER. */
import type { Name, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseModuleContext } from './execute-as.ts'
import type { TriggerEvent } from './programmable-ast.ts'
import { parseStatement } from './statement.ts'

type Module = Extract<Statement, { kind: 'createModule' }>

export function parseTrigger(p: Cursor, line: number, start: number, mode: Module['mode']): Statement {
  const name = p.multiName()
  p.expect('ON')
  if (p.at('DATABASE') || p.at('ALL', 'SERVER')) throw p.unsupported('DDL and logon triggers')
  const on = p.multiName()
  let context: Pick<Module, 'executeAs'> = {}
  if (p.accept('WITH')) {
    do {
      if (p.accept('EXECUTE', 'AS') || p.accept('EXEC', 'AS')) {
        context = parseModuleContext(p)
      } else if (p.at('ENCRYPTION')) throw p.unsupported('WITH ENCRYPTION')
      else p.anyWord()
    } while (p.accept(','))
  }
  const instead = p.accept('INSTEAD', 'OF')
  if (!instead && !p.accept('AFTER')) p.expect('FOR')
  const events = p.list((): TriggerEvent => {
    const { key } = p.token
    if (key !== 'INSERT' && key !== 'UPDATE' && key !== 'DELETE') throw p.error()
    p.next()
    return key
  })
  p.accept('NOT', 'FOR', 'REPLICATION')
  p.expect('AS')
  if (p.at('EXTERNAL')) throw p.unsupported('CLR triggers')
  const body: Statement[] = []
  while (!p.ended) {
    if (p.accept(';')) continue
    body.push(parseStatement(p))
  }
  if (body.length === 0) throw p.error()
  return {
    kind: 'createModule',
    what: 'TRIGGER',
    line,
    mode,
    name,
    ...p.moduleText(start),
    parameters: [],
    body,
    trigger: { on, instead, events },
    ...context,
  }
}

/** True at ENABLE TRIGGER or DISABLE TRIGGER: neither word is reserved. */
export const atTriggerSwitch = (p: Cursor): boolean => p.at('ENABLE', 'TRIGGER') || p.at('DISABLE', 'TRIGGER')

export function parseTriggerSwitch(p: Cursor): Statement {
  const { line } = p.token
  const enable = p.next().key === 'ENABLE'
  p.expect('TRIGGER')
  const triggers = p.accept('ALL') ? 'ALL' : p.list(() => p.multiName())
  p.expect('ON')
  if (p.at('DATABASE') || p.at('ALL', 'SERVER')) throw p.unsupported('DDL and logon triggers')
  return { kind: 'enableTrigger', line, enable, triggers, on: p.multiName() }
}

/** ALTER TABLE t ENABLE TRIGGER a, b | ALL. */
export function parseTableTriggerSwitch(p: Cursor, line: number, on: Name): Statement {
  const enable = p.next().key === 'ENABLE'
  p.expect('TRIGGER')
  const triggers = p.accept('ALL') ? 'ALL' : p.list((): Name => [p.name()])
  return { kind: 'enableTrigger', line, enable, triggers, on }
}
