import { expect, test } from 'vitest'
import { announceUp } from '../../../harness/cli/up-announcement.ts'
import { Upkeep } from '../../../harness/cli/upkeep.ts'
import type { Cli } from '../../../harness/cli/verb.ts'
import { echo } from '../../support/echo-kind.ts'
import { labOf } from '../../support/lab-of.ts'

/** More than are opened at start. */
const many = Array.from({ length: 46 }, (_, index) => `h${index + 1}`)
const large = { landscape: 'large', hosts: Object.fromEntries(many.map((name) => [name, { runs: { echo: {} } }])) }

test.skipIf(process.platform !== 'linux')('up tells every endpoint, however large the landscape', async () => {
  await using upkeep = await Upkeep.start(() => labOf(large, [echo]))
  const written: string[] = []
  const cli: Cli = {
    exitCode: 0,
    interrupted: new AbortController().signal,
    output: {
      write: (text: string) => void written.push(text),
      error: () => undefined,
      columns: () => 120,
      colour: false,
      live: false,
    },
  }
  const folder = upkeep.current?.folder ?? ''
  const scope = { name: 'large', startedAt: '', folder, run: () => upkeep.current, onDown: () => undefined }
  await announceUp(cli, { upkeep, scope, json: true, isolated: false })
  const { endpoints } = JSON.parse(written.join(''))
  expect(endpoints).toHaveLength(many.length * 2)
})
