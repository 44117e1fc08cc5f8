import { expect, test } from 'vitest'
import { eventStream, type RunEvent } from '../../../../harness/context/events.ts'
import { startLandscape } from '../../../../harness/standard.ts'

const landscape = {
  landscape: 'image',
  hosts: { sql1: { runs: { 'sql-server': { image: 'mcr.microsoft.com/mssql/server:2022-latest' } } } },
}

test('where no images run, the server is simulated, and the report says that the image was left out', async () => {
  const seen: RunEvent[] = []
  const events = eventStream()
  events.subscribe((event) => void seen.push(event))
  await using lab = await startLandscape(landscape, { events })
  expect(await lab.host('sql1').call('sql-server', 'databases', {})).toMatchObject({
    databases: expect.arrayContaining(['master']),
  })
  expect(seen).toContainEqual(
    expect.objectContaining({
      type: 'component-started',
      real: false,
      warning: 'mcr.microsoft.com/mssql/server:2022-latest runs in containers: --engine docker',
    }),
  )
})
