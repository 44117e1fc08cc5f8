import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { batch, connectRaw, lastDone, type RawClient, status, types } from './raw-client.ts'
import { failure, startTestServer, type TestServer } from './running-server.ts'

const attentionBit = 0x20
const errorBit = 0x02
const nothing = Buffer.alloc(0)

let server: TestServer
let client: RawClient
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  client = await connectRaw(server)
})
afterEach(() => client[Symbol.dispose]())

const ask = async (text: string) => {
  client.send(types.batch, batch(text))
  return client.next()
}
/** The answers up to the one that acknowledges the attention. */
const acknowledged = async () => {
  const statuses: number[] = []
  do statuses.push(lastDone(await client.next()).status)
  while (((statuses.at(-1) ?? 0) & attentionBit) === 0)
  return statuses
}
const goesOn = async () => expect(lastDone(await ask('SELECT 1 AS x'))).toMatchObject({ count: 1, status: 0x10 })

describe('an attention is acknowledged', () => {
  test('when nothing runs', async () => {
    client.send(types.attention, nothing)
    expect(await acknowledged()).toEqual([attentionBit])
    await goesOn()
  })
  test('in WAITFOR', async () => {
    client.send(types.batch, batch("WAITFOR DELAY '01:00:00'"))
    client.send(types.attention, nothing)
    await acknowledged()
    await goesOn()
  })
  test('while another session holds the lock', async () => {
    const pool = await server.connect()
    await pool.batch('CREATE TABLE held(id int); BEGIN TRAN; INSERT held VALUES (1)')
    client.send(types.batch, batch('SELECT * FROM held'))
    client.send(types.attention, nothing)
    await acknowledged()
    await goesOn()
    await pool.batch('ROLLBACK; DROP TABLE held')
  })
  test('in a loop, in a long result, and in a procedure', async () => {
    for (const text of [
      'DECLARE @i bigint = 0; WHILE 1 = 1 SET @i += 1',
      'SELECT a.value FROM GENERATE_SERIES(1, 3000) a CROSS JOIN GENERATE_SERIES(1, 3000) b',
      "EXEC sp_executesql N'WAITFOR DELAY ''01:00:00'''",
    ]) {
      client.send(types.batch, batch(text))
      client.send(types.attention, nothing)
      await acknowledged()
      await goesOn()
    }
  })
  test('in the middle of a request that has not all come', async () => {
    client.send(types.batch, batch('SELECT 1 AS never '), 0)
    client.send(types.attention, nothing)
    expect(await acknowledged()).toEqual([attentionBit])
    await goesOn()
  })
  test('behind INSERT BULK, whose rows are then not waited for', async () => {
    await ask('CREATE TABLE #t(id int NOT NULL)')
    await ask('insert bulk #t([id] int)')
    client.send(types.attention, nothing)
    await acknowledged()
    await goesOn()
  })
  test('in the middle of a bulk load, of which nothing stays', async () => {
    await ask('CREATE TABLE #t(id int NOT NULL)')
    await ask('insert bulk #t([id] int)')
    client.send(types.bulk, Buffer.concat([columns, row(1), row(2)]), 0)
    client.send(types.bulk, row(3), 0)
    client.send(types.attention, nothing)
    await acknowledged()
    expect(lastDone(await ask('SELECT * FROM #t')).count).toBe(0)
  })
})

// One column: int NOT NULL, named "id".
const columns = Buffer.from('8101000000000008003802690064 00'.replaceAll(' ', ''), 'hex')
const row = (id: number): Buffer => {
  const bytes = Buffer.from('d100000000', 'hex')
  bytes.writeInt32LE(id, 1)
  return bytes
}
const done = Buffer.from('fd000000000000000000000000', 'hex')

describe('a bulk load', () => {
  beforeEach(async () => {
    await ask('CREATE TABLE #t(id int NOT NULL)')
    await ask('insert bulk #t([id] int)')
  })
  const loaded = async () => lastDone(await ask('SELECT * FROM #t')).count

  test('is whole wherever its packets are split', async () => {
    const whole = Buffer.concat([columns, row(1), row(2), done])
    for (let cut = 1; cut < whole.length; cut += 1) {
      await ask('DELETE #t')
      await ask('insert bulk #t([id] int)')
      client.send(types.bulk, whole.subarray(0, cut), 0)
      client.send(types.bulk, whole.subarray(cut))
      expect(lastDone(await client.next())).toMatchObject({ count: 2, status: 0x10 })
    }
    expect(await loaded()).toBe(2)
  })
  test('is ignored as a whole when its last packet says so', async () => {
    client.send(types.bulk, Buffer.concat([columns, row(1)]), 0)
    client.send(types.bulk, row(2), status.end | status.ignore)
    expect(lastDone(await client.next()).status & errorBit).toBe(errorBit)
    expect(await loaded()).toBe(0)
  })
  test.each([
    ['that ends in a row', Buffer.concat([columns, row(1), row(2).subarray(0, 3)])],
    ['with a row before its columns', Buffer.concat([row(1), done])],
    ['of an unknown token', Buffer.concat([columns, Buffer.from([0x42])])],
    ['of two sets of columns', Buffer.concat([columns, columns, done])],
    ['of too many columns', Buffer.from('81ffff', 'hex')],
  ])('%s is refused, and nothing of it stays', async (_, bytes) => {
    client.send(types.bulk, bytes)
    expect(lastDone(await client.next()).status & errorBit).toBe(errorBit)
    expect(await loaded()).toBe(0)
  })
  test('that nobody has announced is refused without a word', async () => {
    client.send(types.bulk, Buffer.concat([columns, row(1), done]))
    await client.next()
    client.send(types.bulk, Buffer.concat([columns, row(1), done]))
    const answer = await client.next()
    expect(answer).toHaveLength(13)
    expect(lastDone(answer).status).toBe(errorBit)
    expect(await loaded()).toBe(1)
  })
})

describe('a reset connection', () => {
  const named = (name: number) => Buffer.from([0xe3, 0x03, 0x00, name, 0x00, 0x00])
  test('rolls back, and with fSkipTran keeps the transaction', async () => {
    await ask('CREATE TABLE kept(id int); SET LOCK_TIMEOUT 5')
    for (const bits of [status.reset, status.resetSkipTran]) {
      await ask('BEGIN TRAN; INSERT kept VALUES (1); CREATE TABLE #gone(id int)')
      client.send(types.batch, batch('SELECT 1 WHERE @@TRANCOUNT = 1 AND @@LOCK_TIMEOUT = -1'), status.end | bits)
      const answer = await client.next()
      expect(answer?.subarray(0, 6)).toEqual(named(18))
      expect(lastDone(answer).count).toBe(bits === status.resetSkipTran ? 1 : 0)
    }
    await ask('COMMIT')
    expect(lastDone(await ask('SELECT * FROM kept')).count).toBe(1)
    await ask('DROP TABLE kept')
  })
})

describe('RPC', () => {
  // sp_executesql by number with one parameter: nvarchar, without a name.
  const call = (text: string, options = 0) => {
    const head = Buffer.from('ffff0a000000', 'hex')
    head.writeUInt16LE(options, 4)
    const value = Buffer.from(text, 'utf16le')
    const size = Buffer.alloc(2)
    size.writeUInt16LE(value.length)
    return Buffer.concat([head, Buffer.from('0000e7401f09 04d0003 4'.replaceAll(' ', ''), 'hex'), size, value])
  }
  const headers = batch('')
  test('several calls in one message are answered in one', async () => {
    client.send(types.rpc, Buffer.concat([headers, call('SELECT 1 AS a'), Buffer.of(0xff), call('SELECT 2 AS b')]))
    const answer = await client.next()
    const calls = [...(answer?.toString('hex') ?? '').matchAll(/fe(....)e000/g)].map((match) => match[1])
    // All but the last say that they are part of a batch, and that more follows.
    expect(calls).toEqual(['8100', '0000'])
    await goesOn()
  })
  test('a client that knows the columns already does not get them again', async () => {
    client.send(types.rpc, Buffer.concat([headers, call('SELECT 1 AS a', 0x02)]))
    const answer = await client.next()
    expect(answer?.subarray(0, 3).toString('hex')).toBe('81ffff')
    await goesOn()
  })
  test('a client with a session multiplexer is not understood', async () => {
    client.send(0x53, Buffer.alloc(8))
    expect(await client.next()).toBe(undefined)
    expect(await failure(server.connect().then((pool) => pool.query('SELECT 1/0')))).toMatchObject({ number: 8134 })
  })
})
