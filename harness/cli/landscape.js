#!/usr/bin/env node
// Plain JavaScript on purpose: it must run, and say what to do, on a Node that is too old for everything else.
import { existsSync, readFileSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'

const numbers = (version) => version.replace(/^\D+/, '').split('.').map(Number)

function minimum() {
  for (const place of ['../../package.json', '../../../package.json']) {
    const url = new URL(place, import.meta.url)
    if (existsSync(url)) return JSON.parse(readFileSync(url, 'utf8')).engines.node
  }
  return '>=24.12.0'
}

const wanted = minimum()
const [major, minor] = numbers(process.version)
const [leastMajor, leastMinor] = numbers(wanted)
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(`landscape needs Node ${wanted}, and this is Node ${process.version} (${process.execPath}).
Install a current one from https://nodejs.org, or inside the repository run "npm ci" and "npx landscape": it brings its own.`)
  process.exit(2)
}

module.enableCompileCache()
const { main, keepCode } = await program()
await main.runAsProgram(() => {
  module.flushCompileCache()
  keepCode?.()
})

/** In the repository: the program that was put together from these sources, or else the sources. */
async function program() {
  if (!existsSync(new URL('./main.ts', import.meta.url))) return { main: await import('./main.js') }
  const { builtProgram } = await import('./built-program.ts')
  const entry = builtProgram(fileURLToPath(new URL('../..', import.meta.url)))
  if (entry === undefined) return { main: await import('./main.ts') }
  const { loadCommonJs } = await import('./code-cache.ts')
  const { exports, keepCode } = loadCommonJs(entry)
  return { main: exports, keepCode }
}
