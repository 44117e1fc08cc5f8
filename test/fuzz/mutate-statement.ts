import type { Random } from '../../harness/context/random.ts'

const TOKEN = /\s+|--[^\n]*|'(?:[^']|'')*'|\[[^\]]*\]|"[^"]*"|[\w@#$]+|./gs

const NUMBERS = ['0', '-1', '2147483648', '1e308', '1e-400', '9'.repeat(38), '9'.repeat(60), '0x', '$1', '1.', '.5']
const WORDS = [
  ...[
    'SELECT',
    'FROM',
    'WHERE',
    'NULL',
    'CASE',
    'END',
    'BEGIN',
    'TRY',
    'OVER',
    'ORDER BY',
    'GROUP BY',
    'HAVING',
    'UNION',
    'TOP',
  ],
  ...[
    '(',
    ')',
    ',',
    ';',
    '*',
    '=',
    '<>',
    '@x',
    '@@ROWCOUNT',
    '#t',
    '..',
    "'",
    "N'",
    '[',
    ']',
    '"',
    '/*',
    '*/',
    '--',
    '\u0000',
  ],
  ...[
    'dbo.items',
    'sys.objects',
    'INFORMATION_SCHEMA.COLUMNS',
    'CAST(NULL AS int)',
    'COUNT(*)',
    'EXEC',
    'GO',
    'DROP TABLE',
  ],
  ...['int', 'nvarchar(max)', 'decimal(38, 38)', 'datetime2(7)', 'sql_variant', 'xml', 'COLLATE Latin1_General_CI_AS'],
]

const tokensOf = (text: string): string[] => text.match(TOKEN) ?? []

/** A name is a name's like, a number a number's: what is exchanged for its like is often still a statement. Words of the language and signs have none. */
function likenessOf(token: string): string | undefined {
  if (/^\d/.test(token)) return 'number'
  if (/^'/.test(token)) return 'string'
  if (/^@/.test(token)) return 'variable'
  if (/^[A-Z_]+$/.test(token) || !/^[\w[]/.test(token)) return undefined
  return 'name'
}

const pick = (items: readonly string[], random: Random): string => items[random.below(items.length)] ?? ''

type Mutation = (tokens: string[], random: Random, corpus: readonly string[]) => string[]

function replaceWithItsLike(tokens: string[], random: Random, corpus: readonly string[]): string[] {
  const places = tokens.flatMap((token, i) => (likenessOf(token) ? [i] : []))
  const at = places[random.below(places.length)] ?? 0
  const kind = likenessOf(tokens[at] ?? '')
  const likes = [...tokens, ...tokensOf(pick(corpus, random))].filter(
    (other) => kind !== undefined && likenessOf(other) === kind,
  )
  return likes.length === 0 ? tokens : tokens.with(at, pick(likes, random))
}

const mutations: readonly Mutation[] = [
  function remove(tokens, random) {
    return tokens.toSpliced(random.below(tokens.length), 1 + random.below(3))
  },
  function repeat(tokens, random) {
    const at = random.below(tokens.length)
    return tokens.toSpliced(at, 0, ...tokens.slice(at, at + 1 + random.below(6)))
  },
  function exchange(tokens, random) {
    const [a, b] = [random.below(tokens.length), random.below(tokens.length)]
    return tokens.with(a, tokens[b] ?? '').with(b, tokens[a] ?? '')
  },
  function insertWord(tokens, random) {
    return tokens.toSpliced(random.below(tokens.length + 1), 0, ` ${pick(WORDS, random)} `)
  },
  function replaceWithAnother(tokens, random, corpus) {
    const others = tokensOf(pick(corpus, random))
    return tokens.with(random.below(tokens.length), pick(others, random))
  },
  function replaceNumber(tokens, random) {
    const numbers = tokens.flatMap((token, i) => (/^\d/.test(token) ? [i] : []))
    const at = numbers[random.below(numbers.length)] ?? random.below(tokens.length)
    return tokens.with(at, pick(NUMBERS, random))
  },
  function splice(tokens, random, corpus) {
    const others = tokensOf(pick(corpus, random))
    return [...tokens.slice(0, random.below(tokens.length + 1)), ...others.slice(random.below(others.length + 1))]
  },
  function changeCharacter(tokens, random) {
    const at = random.below(tokens.length)
    const token = tokens[at] ?? ''
    const place = random.below(token.length + 1)
    const character = String.fromCharCode(random.below(random.below(4) === 0 ? 0x1_0000 : 0x80))
    return tokens.with(at, token.slice(0, place) + character + token.slice(place + 1))
  },
  function nest(tokens, random) {
    const at = random.below(tokens.length)
    const depth = 1 + random.below(random.below(8) === 0 ? 3000 : 5)
    return tokens.with(at, `${'('.repeat(depth)}${tokens[at]}${')'.repeat(depth)}`)
  },
]

/** A statement of the corpus: in half of all cases names, numbers and words exchanged for others, else with one to three rougher changes. */
export function mutateStatement(corpus: readonly string[], random: Random): string {
  let tokens = tokensOf(pick(corpus, random))
  const gentle = random.below(2) === 0
  for (let left = 1 + random.below(3); left > 0 && tokens.length > 0; left--) {
    const mutation = gentle ? replaceWithItsLike : mutations[random.below(mutations.length)]
    if (mutation) tokens = mutation(tokens, random, corpus)
  }
  return tokens.join('')
}
