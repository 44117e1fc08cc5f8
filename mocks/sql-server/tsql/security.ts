import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'

/** Options behind WITH: values as text, bare words as flags. */
function parseLoginOptions(p: Cursor): { options: Map<string, string>; flags: Set<string> } {
  const options = new Map<string, string>()
  const flags = new Set<string>()
  do {
    const key = p.anyWord().toUpperCase()
    if (!p.accept('=')) {
      flags.add(key)
      continue
    }
    const value = p.next()
    if (value.kind === 'end') throw p.error()
    options.set(key, value.text)
    while (p.atAny('HASHED', 'MUST_CHANGE', 'UNLOCK')) flags.add(p.next().key)
    if (p.at('OLD_PASSWORD')) {
      p.next()
      p.expect('=')
      options.set('OLD_PASSWORD', p.next().text)
    }
  } while (p.accept(','))
  return { options, flags }
}

export function parseCreateLogin(p: Cursor, line: number): Statement {
  const name = p.name()
  if (p.accept('FROM')) {
    p.expect('WINDOWS')
    const rest = p.accept('WITH')
      ? parseLoginOptions(p)
      : { options: new Map<string, string>(), flags: new Set<string>() }
    return { kind: 'createLogin', line, name, windows: true, ...rest }
  }
  p.expect('WITH')
  return { kind: 'createLogin', line, name, windows: false, ...parseLoginOptions(p) }
}

export function parseAlterLogin(p: Cursor, line: number): Statement {
  const name = p.name()
  if (p.atAny('ENABLE', 'DISABLE')) {
    return { kind: 'alterLogin', line, name, windows: false, options: new Map(), flags: new Set([p.next().key]) }
  }
  p.expect('WITH')
  return { kind: 'alterLogin', line, name, windows: false, ...parseLoginOptions(p) }
}

export function parseCreateUser(p: Cursor, line: number): Statement {
  const name = p.name()
  let login: string | undefined
  let withoutLogin = false
  if (p.accept('FOR', 'LOGIN') || p.accept('FROM', 'LOGIN')) login = p.name()
  else if (p.accept('WITHOUT', 'LOGIN')) withoutLogin = true
  const rest = p.accept('WITH') ? parseLoginOptions(p) : undefined
  const defaultSchema = rest?.options.get('DEFAULT_SCHEMA')
  if (rest?.options.has('PASSWORD')) throw p.unsupported('users of contained databases')
  return {
    kind: 'createUser',
    line,
    name,
    withoutLogin,
    login: login ?? name,
    ...(defaultSchema ? { defaultSchema } : {}),
  }
}

export function parseAlterUser(p: Cursor, line: number): Statement {
  const name = p.name()
  p.expect('WITH')
  const { options } = parseLoginOptions(p)
  const pick = (key: string, as: string) => (options.has(key) ? { [as]: options.get(key) } : {})
  return {
    kind: 'alterUser',
    line,
    name,
    withoutLogin: false,
    ...pick('LOGIN', 'login'),
    ...pick('DEFAULT_SCHEMA', 'defaultSchema'),
    ...pick('NAME', 'newName'),
  }
}

export function parseCreateRole(p: Cursor, line: number, server: boolean): Statement {
  const name = p.name()
  if (!p.accept('AUTHORIZATION')) return { kind: 'createRole', line, name, server }
  return { kind: 'createRole', line, name, server, owner: p.anyWord() }
}

export function parseAlterRole(p: Cursor, line: number, server: boolean): Statement {
  const role = p.name()
  const add = p.accept('ADD')
  if (!add) p.expect('DROP')
  p.expect('MEMBER')
  return { kind: 'alterRole', line, role, server, member: p.name(), add }
}

/** GRANT SELECT, INSERT ON [OBJECT::]name TO principal. */
export function parsePermission(p: Cursor): Statement {
  const { line } = p.token
  const verb = p.next().key as 'GRANT' | 'DENY' | 'REVOKE'
  if (verb === 'REVOKE') p.accept('GRANT', 'OPTION', 'FOR')
  const permissions = p.list(() => {
    const words: string[] = []
    while (p.token.kind === 'word' && !p.atAny('ON', 'TO', 'FROM')) words.push(p.next().key)
    if (words.length === 0) throw p.error()
    if (p.at('(')) throw p.unsupported('permissions on columns')
    return words.join(' ')
  })
  let on: Extract<Statement, { kind: 'permission' }>['on']
  if (p.accept('ON')) {
    let kind: 'OBJECT' | 'SCHEMA' | 'DATABASE' | 'OTHER' = 'OBJECT'
    if (p.peek(1).key === '::') {
      const word = p.next().key
      p.next()
      kind = word === 'OBJECT' || word === 'SCHEMA' || word === 'DATABASE' ? word : 'OTHER'
    }
    on = { class: kind, name: p.multiName() }
  }
  if (!p.accept('TO')) p.expect('FROM')
  const principals = p.list(() => p.anyWord())
  const grantOption = p.accept('WITH', 'GRANT', 'OPTION')
  p.accept('CASCADE')
  if (p.accept('AS')) p.anyWord()
  return { kind: 'permission', line, verb, permissions, principals, grantOption, ...(on ? { on } : {}) }
}
