import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../support/programs.ts'

const library = join(import.meta.dirname, '../../../harness/clients/http-library.ts')

test('of undici, only its dispatchers are loaded: neither fetch nor mocks, nor another process-wide dispatcher', async () => {
  const script = `
    const { createRequire } = await import('node:module')
    const { httpLibrary } = await import(${JSON.stringify(library)})
    const before = await httpLibrary()
    const files = Object.keys(createRequire(${JSON.stringify(library)}).cache)
    const loaded = files.flatMap((file) => file.replaceAll('\\\\', '/').match(/undici\\/lib\\/([^/]+)\\//)?.[1] ?? [])
    const globals = Object.getOwnPropertySymbols(globalThis).filter((symbol) => String(symbol).includes('undici'))
    const { Agent, buildConnector, interceptors } = await import('undici')
    const same = before.Agent === Agent && before.buildConnector === buildConnector && before.redirect === interceptors.redirect
    console.log(JSON.stringify({ loaded: [...new Set(loaded)].sort(), globals: globals.map(String), same }))`
  const { output } = await run(process.execPath, ['--input-type=module', '--eval', script])
  const { loaded, globals, same } = JSON.parse(output)
  expect(loaded).toEqual(expect.arrayContaining(['api', 'core', 'dispatcher']))
  for (const needless of ['web', 'mock', 'cache']) expect(loaded).not.toContain(needless)
  expect(globals).toEqual([])
  expect(same).toBe(true)
})
