#!/usr/bin/env node
// Plain JavaScript on purpose: it must run, and say what to do, on a Node that is too old for everything else.
import { existsSync, readFileSync } from 'node:fs'
import * as module from 'node:module'

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
const source = new URL('./main.ts', import.meta.url)
const { runAsProgram } = await import(existsSync(source) ? source.href : new URL('./main.js', import.meta.url).href)
await runAsProgram()
