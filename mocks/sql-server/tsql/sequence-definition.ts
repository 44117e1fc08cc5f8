/** CREATE and ALTER SEQUENCE, CREATE SYNONYM. */
import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import type { SequenceOptions } from './programmable-ast.ts'
import { parseType } from './type-reference.ts'

function bigInteger(p: Cursor): bigint {
  const negative = p.accept('-')
  if (!negative) p.accept('+')
  if (p.token.kind !== 'number' || !/^\d+$/.test(p.token.text)) throw p.error()
  const value = BigInt(p.next().text)
  return negative ? -value : value
}

export function parseSequence(p: Cursor, line: number, kind: 'createSequence' | 'alterSequence'): Statement {
  const name = p.multiName()
  let options: SequenceOptions = {}
  for (;;) {
    if (kind === 'createSequence' && p.accept('AS')) options = { ...options, type: parseType(p) }
    else if (p.accept('START', 'WITH')) options = { ...options, start: bigInteger(p) }
    else if (p.accept('RESTART')) options = { ...options, restart: p.accept('WITH') ? bigInteger(p) : true }
    else if (p.accept('INCREMENT', 'BY')) options = { ...options, increment: bigInteger(p) }
    else if (p.accept('NO', 'MINVALUE')) options = { ...options, min: null }
    else if (p.accept('NO', 'MAXVALUE')) options = { ...options, max: null }
    else if (p.accept('MINVALUE')) options = { ...options, min: bigInteger(p) }
    else if (p.accept('MAXVALUE')) options = { ...options, max: bigInteger(p) }
    else if (p.accept('NO', 'CYCLE')) options = { ...options, cycle: false }
    else if (p.accept('CYCLE')) options = { ...options, cycle: true }
    else if (p.accept('NO', 'CACHE')) options = { ...options, cache: null }
    else if (p.accept('CACHE')) options = { ...options, cache: p.token.kind === 'number' ? p.integer() : 50 }
    else return { kind, line, name, options }
  }
}

export function parseSynonym(p: Cursor, line: number): Statement {
  const name = p.multiName()
  p.expect('FOR')
  return { kind: 'createSynonym', line, name, target: p.multiName() }
}
