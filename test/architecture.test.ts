import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Room → the rooms that it may import. The rooms of design and README; `doors` are files directly below harness/. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'harness/context': [],
  'harness/landscape': ['harness/context'],
  'harness/network': ['harness/context', 'harness/landscape'],
  'harness/pki': ['harness/context', 'harness/landscape'],
  'harness/clients': ['harness/context', 'harness/network', 'harness/pki'],
  'harness/probes': ['harness/context', 'harness/landscape', 'harness/network', 'harness/pki', 'harness/clients'],
  'harness/host': [
    'harness/context',
    'harness/landscape',
    'harness/network',
    'harness/pki',
    'harness/clients',
    'harness/probes',
  ],
  'harness/engines': [
    'harness/context',
    'harness/landscape',
    'harness/network',
    'harness/pki',
    'harness/clients',
    'harness/probes',
    'harness/host',
  ],
  'harness/scenario': ['harness/context', 'harness/landscape', 'harness/host', 'harness/probes'],
  'harness/report': ['harness/context', 'harness/landscape', 'harness/probes'],
  'harness/cli': [
    'harness/context',
    'harness/landscape',
    'harness/host',
    'harness/probes',
    'harness/engines',
    'harness/scenario',
    'harness/report',
    'harness',
  ],
  harness: [
    'harness/context',
    'harness/landscape',
    'harness/host',
    'harness/probes',
    'harness/engines',
    'harness/scenario',
    'mocks',
    'scenarios',
  ],
  'harness/servers': ['harness/context'],
  mocks: [
    'harness/context',
    'harness/landscape',
    'harness/network',
    'harness/pki',
    'harness/clients',
    'harness/host',
    'harness/servers',
  ],
  scenarios: ['harness/scenario'],
}

/** The only files directly below harness/ that may know the mocks and the scenarios. */
const KNOWS_PRODUCTS = 'harness/standard.ts'

interface Import {
  readonly file: string
  readonly specifier: string
  readonly target: string
}

const files = ['harness', 'mocks', 'scenarios'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
)

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\s)(?:import|export)\s[^'"]*?from\s+'([^']+)'|(?<!typeof )import\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm,
  )
  return [...found].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    const target = specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier
    return { file, specifier, target }
  })
})

const own = imports.filter(({ specifier }) => specifier.startsWith('.'))

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'harness' && file.split('/').length > 2 ? `${top}/${second}` : top
}

/** `mocks/sql-server`, `mocks/password-secure/client`, `mocks/identity-manager`: what one mock is. */
const mockOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('mocks/password-secure/') ? 3 : 2)
    .join('/')

describe('imports', () => {
  test('stay within what each room may know', () => {
    const broken = own.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)]
      return from !== to && !rooms[from]?.includes(to)
    })
    expect(broken.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })

  test("of mocks and scenarios are standard.ts's alone within the harness", () => {
    const broken = own.filter(
      ({ file, target }) =>
        file.startsWith('harness/') && /^(mocks|scenarios)\//.test(target) && file !== KNOWS_PRODUCTS,
    )
    expect(broken.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })

  test('do not lead from one mock into another', () => {
    const shared = ['mocks/directory', 'mocks/password-secure/protocol']
    const broken = own.filter(({ file, target }) => {
      if (!file.startsWith('mocks/') || !target.startsWith('mocks/')) return false
      return mockOf(file) !== mockOf(target) && !shared.includes(mockOf(target))
    })
    expect(broken.map(({ file, target }) => `${file} → ${target}`)).toEqual([])
  })

  test('of a package are in one file of the harness each', () => {
    // The schema library is the language in which settings, inputs and files are declared, everywhere.
    const everywhere = new Set(['zod', 'vitest'])
    const importers = new Map<string, Set<string>>()
    for (const { file, specifier } of imports) {
      if (!file.startsWith('harness/') || specifier.startsWith('.') || specifier.startsWith('node:')) continue
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
      if (everywhere.has(name)) continue
      importers.set(name, (importers.get(name) ?? new Set()).add(file))
    }
    const several = [...importers].filter(([, names]) => names.size > 1)
    expect(several.map(([name, names]) => `${name}: ${[...names].join(', ')}`)).toEqual([])
  })
})

test('only the command line writes to the console', () => {
  const writers = files.filter(
    (file) => !file.startsWith('harness/cli/') && /\bconsole\.\w+\(/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(writers).toEqual([])
})

test('every package of package.json has its line in DEPENDENCIES.md', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const text = readFileSync(join(root, 'DEPENDENCIES.md'), 'utf8')
  const missing = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
    (name) => !text.includes(`\`${name}\``),
  )
  expect(missing).toEqual([])
})
