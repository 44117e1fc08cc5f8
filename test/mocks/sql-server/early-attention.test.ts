import { expect, test } from 'vitest'
import { startSqlServer } from '../../../mocks/sql-server/index.ts'
import { packet } from '../../bench/tds-messages.ts'
import { openLine } from '../../fuzz/line.ts'
import { recordClients } from '../../fuzz/record.ts'

const BATCH = 0x01
const ATTENTION = 0x06
const DONE_ATTENTION = Buffer.from([0xfd, 0x20, 0x00])

test('an attention that comes before the request has begun to wait ends it', async () => {
  await using server = await startSqlServer()
  const [, [prelogin, login] = []] = await recordClients(server)
  if (!prelogin || !login) throw new Error('no login was recorded')
  const line = await openLine(server.port, 'plain')
  await line.ask(prelogin)
  await line.ask(login)
  const wait = packet(BATCH, Buffer.from("WAITFOR DELAY '01:00:00'", 'utf16le'))
  line.send(Buffer.concat([wait, packet(ATTENTION, Buffer.alloc(0))]))
  const answer = await line.finish(20_000)
  expect(answer?.includes(DONE_ATTENTION)).toBe(true)
  expect(server.listSessions()).toEqual([])
})
