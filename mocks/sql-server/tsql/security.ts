/** Logins, users, roles and permissions. */
import type { Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'

interface Options {
  readonly options: Map<string, string>
  readonly flags: Set<string>
}
const none = (): Options => ({ options: new Map(), flags: new Set() })

/** Options behind WITH: values as text, bare words as flags. */
function parseLoginOptions(p: Cursor): Options {
  const { options, flags } = none()
  do {
    const key = p.anyWord().toUpperCase()
    if (!p.accept('=')) {
      flags.add(key)
      continue
    }
    const value = p.next()
    if (value.kind === 'end') throw p.error()
    // NULL is a word of its own, not a schema of that name.
    if (value.key === 'NULL') flags.add(`${key} NULL`)
    else options.set(key, value.text)
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
    if (p.atAny('CERTIFICATE', 'ASYMMETRIC')) throw p.unsupported('logins of certificates and keys')
    if (p.at('EXTERNAL')) throw p.unsupported('logins of an external provider')
    p.expect('WINDOWS')
    return { kind: 'createLogin', line, name, windows: true, ...(p.accept('WITH') ? parseLoginOptions(p) : none()) }
  }
  p.expect('WITH')
  return { kind: 'createLogin', line, name, windows: false, ...parseLoginOptions(p) }
}

export function parseAlterLogin(p: Cursor, line: number): Statement {
  const name = p.name()
  if (p.atAny('ENABLE', 'DISABLE')) {
    return { kind: 'alterLogin', line, name, windows: false, options: new Map(), flags: new Set([p.next().key]) }
  }
  if (p.at('ADD', 'CREDENTIAL') || p.at('DROP', 'CREDENTIAL')) throw p.unsupported('credentials')
  p.expect('WITH')
  return { kind: 'alterLogin', line, name, windows: false, ...parseLoginOptions(p) }
}

export function parseCreateUser(p: Cursor, line: number): Statement {
  const name = p.name()
  let login: string | undefined
  let withoutLogin = false
  if (p.atAny('FOR', 'FROM')) {
    p.next()
    if (p.atAny('CERTIFICATE', 'ASYMMETRIC')) throw p.unsupported('users of certificates and keys')
    if (p.at('EXTERNAL')) throw p.unsupported('users of an external provider')
    p.expect('LOGIN')
    login = p.name()
  } else if (p.accept('WITHOUT', 'LOGIN')) withoutLogin = true
  const rest = p.accept('WITH') ? parseLoginOptions(p) : none()
  if (rest.options.has('PASSWORD')) throw p.unsupported('users of contained databases')
  const defaultSchema = rest.options.get('DEFAULT_SCHEMA')
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
  const { options, flags } = parseLoginOptions(p)
  if (options.has('PASSWORD')) throw p.unsupported('users of contained databases')
  const pick = (key: string, as: string) => (options.has(key) ? { [as]: options.get(key) } : {})
  return {
    kind: 'alterUser',
    line,
    name,
    withoutLogin: false,
    ...pick('LOGIN', 'login'),
    ...pick('DEFAULT_SCHEMA', 'defaultSchema'),
    ...(flags.has('DEFAULT_SCHEMA NULL') ? { defaultSchema: 'dbo' } : {}),
    ...pick('NAME', 'newName'),
  }
}

export function parseCreateRole(p: Cursor, line: number, server: boolean): Statement {
  const name = p.name()
  if (!p.accept('AUTHORIZATION')) return { kind: 'createRole', line, name, server }
  return { kind: 'createRole', line, name, server, owner: p.anyWord() }
}

export function parseAlterRole(p: Cursor, line: number, server: boolean): Statement {
  const role = p.anyWord()
  if (p.accept('WITH')) {
    p.expect('NAME', '=')
    return { kind: 'alterRole', line, role, server, member: '', add: false, newName: p.name() }
  }
  const add = p.accept('ADD')
  if (!add) p.expect('DROP')
  p.expect('MEMBER')
  return { kind: 'alterRole', line, role, server, member: p.anyWord(), add }
}

/** `SCHEMA::`, `SERVER ROLE::`: words up to the two colons, or nothing. */
function parseClass(p: Cursor): string | undefined {
  for (let words = 1; words <= 4; words += 1) {
    if (p.peek(words).key !== '::') continue
    const name: string[] = []
    for (let i = 0; i < words; i += 1) name.push(p.next().key)
    p.next()
    return name.join(' ')
  }
  return undefined
}

const anyName = (p: Cursor): readonly string[] => (p.atName || p.token.key === '.' ? p.multiName() : [p.anyWord()])

const columnsOf = (p: Cursor): readonly string[] | undefined =>
  p.at('(') ? p.parenthesized(() => p.name()) : undefined

/** GRANT SELECT (a), INSERT ON [OBJECT::]name (b) TO principal WITH GRANT OPTION AS other. */
export function parsePermission(p: Cursor): Statement {
  const { line } = p.token
  const verb = p.next().key as 'GRANT' | 'DENY' | 'REVOKE'
  const optionOnly = verb === 'REVOKE' && p.accept('GRANT', 'OPTION', 'FOR')
  const named = p.list(() => {
    const words: string[] = []
    while (p.token.kind === 'word' && !p.atAny('ON', 'TO', 'FROM')) words.push(p.next().key)
    if (words.length === 0) throw p.error()
    return { name: words.join(' '), columns: columnsOf(p) }
  })
  let on: Extract<Statement, { kind: 'permission' }>['on']
  let behind: readonly string[] | undefined
  if (p.accept('ON')) {
    on = { class: parseClass(p) ?? 'OBJECT', name: anyName(p) }
    behind = columnsOf(p)
  }
  if (!p.accept('TO')) p.expect('FROM')
  const principals = p.list(() => p.anyWord())
  const grantOption = p.accept('WITH', 'GRANT', 'OPTION')
  const cascade = p.accept('CASCADE')
  const as = p.accept('AS') ? p.anyWord() : undefined
  const permissions = named.map(({ name, columns = behind }) => ({ name, ...(columns ? { columns } : {}) }))
  return {
    kind: 'permission',
    line,
    verb,
    permissions,
    principals,
    grantOption,
    optionOnly,
    cascade,
    ...(on ? { on } : {}),
    ...(as ? { as } : {}),
  }
}

/** ALTER AUTHORIZATION ON SCHEMA::s TO owner. */
export function parseAlterAuthorization(p: Cursor, line: number): Statement {
  p.expect('ON')
  const securable = parseClass(p) ?? 'OBJECT'
  const name = anyName(p)
  p.expect('TO')
  if (p.accept('SCHEMA', 'OWNER')) return { kind: 'alterAuthorization', line, class: securable, name }
  return { kind: 'alterAuthorization', line, class: securable, name, owner: p.anyWord() }
}
