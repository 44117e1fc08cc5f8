// Before `npm pack`: builds dist/ and makes package.json the published one, without the pinned Node and the tools.
// After it (--restore): puts the repository's own package.json back.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const OWN = '.package.json.own'

if (process.argv.includes('--restore')) {
  if (existsSync(OWN)) renameSync(OWN, 'package.json')
  process.exit(0)
}

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
// What is not TypeScript goes along: landscape files, the web application, the bin, the READMEs.
for (const folder of ['harness', 'mocks', 'scenarios']) {
  cpSync(folder, `dist/${folder}`, { recursive: true, filter: (path) => !path.endsWith('.ts') })
}

const own = readFileSync('package.json', 'utf8')
const { scripts: _scripts, devDependencies: _tools, optionalDependencies: _node, ...published } = JSON.parse(own)
renameSync('package.json', OWN)
writeFileSync('package.json', `${JSON.stringify({ ...published, bin: { landscape: 'dist/harness/cli/landscape.js' } }, null, 2)}\n`)
