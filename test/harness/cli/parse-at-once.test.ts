import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../support/programs.ts'

const cli = join(import.meta.dirname, '../../../harness/cli')

test.each(['up', 'verify'])('%s makes no schema before zod is told to compile none', async (verb) => {
  const script = `
    let seen
    globalThis.__zod_globalConfig = { postProcessor: () => { seen ??= globalThis.__zod_globalConfig.jitless ?? false } }
    await import(${JSON.stringify(join(cli, `${verb}.ts`))})
    await import(${JSON.stringify(join(cli, '../standard.ts'))})
    console.log(seen)`
  const { output } = await run(process.execPath, ['--input-type=module', '--eval', script])
  expect(output.trim()).toBe('true')
})
