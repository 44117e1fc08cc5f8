// Puts the program together into few files, beside the installed packages: loading some 1,800 modules one by one is a
// quarter of a start. What runs it (harness/cli/built-program.ts) takes it only while it is made of just these sources.
// They are CommonJS, which keeps the code that V8 compiled from one run to the next (harness/cli/code-cache.ts).
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))

// Packages of many small modules, loaded at every start. All others stay as they are, and load when they are needed.
const BUNDLED =
  /^(zod|yaml|undici|hono|commander|asn1js|pkijs|selfsigned|pvutils|pvtsutils|tsyringe|tslib|reflect-metadata|nodemailer|smtp-server|postal-mime|dns-packet|oidc-provider|jose|openid-client|oauth4webapi|ws|tough-cookie|tldts|tldts-core|node-html-parser|fastest-levenshtein|@(peculiar|hono)\/[^/]+)(\/|$)/
const isPackage = (specifier) => !/^(\.|file:)/.test(specifier) && !isAbsolute(specifier)

/** Programs that run in a process of their own. */
const PROGRAMS = {
  'fill-keys': join(root, 'harness/pki/fill-keys.ts'),
  'account-child': join(root, 'mocks/identity-manager/working-directory/account-child.ts'),
}
/** What starts them, and finds each where it stands itself. */
const STARTERS = ['harness/pki/key-filler.ts', 'mocks/identity-manager/working-directory/account-process.ts'].map(
  (path) => join(root, path),
)

/** Each other module goes on knowing its own place: beside it stand landscapes and workers. */
const ownPlaces = {
  name: 'own-places',
  async load(id) {
    if (!/\.m?[jt]s$/.test(id) || id.includes('/node_modules/') || STARTERS.includes(id)) return null
    const places = { dirname: join(id, '..'), filename: id, url: pathToFileURL(id).href }
    const code = (await readFile(id, 'utf8')).replaceAll(/\bimport\.meta\.(dirname|filename|url)\b/g, (_, name) =>
      JSON.stringify(places[name]),
    )
    return { code, moduleType: id.endsWith('ts') ? 'ts' : 'js' }
  },
}

async function putTogether() {
  // Both loaded here: where they cannot be, the sources run as they are, and nothing else is the worse for it.
  const { builtProgram, programPlace } = await import('../harness/cli/built-program.ts')
  if (builtProgram(root) !== undefined) return
  const { build } = await import('rolldown')
  const place = programPlace(root)
  const begun = Date.now()
  const version = `${Date.now()}-${process.pid}`
  const folder = join(place, version)
  mkdirSync(folder, { recursive: true })
  const common = {
    cwd: root,
    platform: 'node',
    treeshake: false,
    // What Node runs as it is stays as it is.
    transform: { target: 'esnext' },
    // What a bundled package stands on comes along: from here it might not be found.
    external: (specifier, importer) =>
      isPackage(specifier) && !BUNDLED.test(specifier) && !importer?.includes('/node_modules/'),
    plugins: [ownPlaces],
    logLevel: 'silent',
  }
  const names = { dir: folder, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' }
  const written = await Promise.all([
    build({
      ...common,
      input: { main: join(root, 'harness/cli/main.ts') },
      output: { ...names, format: 'cjs', dynamicImportInCjs: false },
    }),
    build({ ...common, input: PROGRAMS, output: names }),
  ])
  // Node runs the programs by themselves; what is CommonJS it never sees.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')

  const locks = ['package-lock.json', 'node_modules/.package-lock.json'].map((lock) => join(root, lock))
  const modules = written.flatMap(({ output }) => output.flatMap(({ moduleIds = [] }) => moduleIds))
  const own = modules.filter((id) => isAbsolute(id) && !id.includes('/node_modules/'))
  const sources = [...new Set([import.meta.filename, ...locks, ...own])].map((path) => {
    const { size, mtimeMs } = statSync(path)
    if (mtimeMs >= begun) throw new Error(`${relative(root, path)} was changed meanwhile`)
    return [relative(root, path), size, mtimeMs]
  })
  const draft = join(place, `${version}.json`)
  writeFileSync(draft, JSON.stringify({ root, entry: `${version}/main.js`, sources }))
  renameSync(draft, join(place, 'program.json'))
  // The one before may still be running, and load its parts when it needs them.
  const older = readdirSync(place).filter((name) => /^\d+-\d+$/.test(name) && name !== version)
  for (const name of older.sort().slice(0, -1)) rmSync(join(place, name), { recursive: true, force: true })
}

await putTogether().catch((error) => {
  console.error(`the program was not put together, so its sources run one by one: ${error}`)
})
