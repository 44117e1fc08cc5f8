// Before `npm pack`: builds dist/ and makes package.json the published one, without the pinned Node and the tools.
// After it (--restore): puts the repository's own package.json back.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const OWN = '.package.json.own'

// Also before building: what a build that was killed left is not the repository's own.
if (existsSync(OWN)) renameSync(OWN, 'package.json')
if (process.argv.includes('--restore')) process.exit(0)

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
// What is not TypeScript goes along: landscape files, the web application, the bin, the READMEs.
for (const folder of ['harness', 'mocks', 'scenarios']) {
  cpSync(folder, `dist/${folder}`, { recursive: true, filter: (path) => !path.endsWith('.ts') })
}

const declarations = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.d.ts'))
  .map((path) => ({ path: `dist/${path.replaceAll('\\', '/')}`, text: readFileSync(`dist/${path}`, 'utf8') }))

// Each mock adds itself to the table of kinds. No door's declarations name the mocks: who sees the table must see them.
const TABLE = 'dist/harness/host/component.d.ts'
const entries = declarations.filter(({ path, text }) => path !== TABLE && /\binterface ComponentKinds\b/.test(text))
for (const { path } of entries) {
  appendFileSync(TABLE, `import type {} from '${relative(dirname(TABLE), path.replace(/\.d\.ts$/, '.js'))}';\n`)
}

const own = readFileSync('package.json', 'utf8')
const { scripts: _scripts, devDependencies: tools, optionalDependencies: _node, ...published } = JSON.parse(own)
// The types of packages that our own declarations speak of.
const named = (name) => declarations.some(({ text }) => text.includes(`'${name}'`) || text.includes(`"${name}"`))
const types = Object.entries(tools).filter(
  ([name]) => name.startsWith('@types/') && named(name.slice('@types/'.length)),
)
// Every project that runs on Node has Node's types already, of its own version.
const dependencies = { ...published.dependencies, ...Object.fromEntries(types), '@types/node': '*' }
const bin = { landscape: 'dist/harness/cli/landscape.js' }
renameSync('package.json', OWN)
writeFileSync('package.json', `${JSON.stringify({ ...published, bin, dependencies }, null, 2)}\n`)
