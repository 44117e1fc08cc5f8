import { expect, test } from 'vitest'
import { seededRandom } from '../../harness/context/random.ts'
import { fuzzMessages } from './messages.ts'
import { fuzzStatements } from './statements.ts'

// `npm run fuzz` does the same at length.
const random = seededRandom(20_261_122)
const nobody = () => undefined

test('changed messages in every state of the protocol end in answers or a close', async () => {
  const { sent, findings } = await fuzzMessages(800, random.fork('messages'), nobody)
  expect(findings).toEqual([])
  expect(sent.size).toBeGreaterThanOrEqual(9)
})

test('changed statements end in rows or an error', async () => {
  const { run, errors, findings } = await fuzzStatements(200, random.fork('statements'), nobody)
  expect(findings).toEqual([])
  expect(run).toBe(200)
  expect(errors.size).toBeGreaterThan(5)
})
