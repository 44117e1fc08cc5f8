import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import sql from 'mssql'
import type { LocalSqlServer } from '../../mocks/sql-server/index.ts'
import { packet, readMessages } from '../bench/tds-messages.ts'

/** What one client sent on one connection, message by message. */
export type Conversation = readonly Buffer[]

/** Notes what real clients send through it to `server`. */
class Recorder implements AsyncDisposable {
  readonly conversations: Buffer[][] = []
  readonly #server = createServer((client) => this.#relay(client))
  readonly #sockets = new Set<Socket>()
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  #relay(client: Socket): void {
    const upstream = dial(this.#port, '127.0.0.1')
    const sent: Buffer[] = []
    this.conversations.push(sent)
    readMessages(client, ({ type, body }) => void sent.push(packet(type, body)))
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from)
      // Either end may leave as it likes.
      from.on('error', () => to.destroy())
      from.on('close', () => this.#sockets.delete(from))
      from.pipe(to)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

const types: readonly (readonly [sql.ISqlType | (() => sql.ISqlType), unknown])[] = [
  [sql.Int(), 1],
  [sql.BigInt(), '9223372036854775807'],
  [sql.Bit(), true],
  [sql.Decimal(18, 4), 12.5],
  [sql.Float(), 1.5],
  [sql.Money(), 3.14],
  [sql.NVarChar(50), 'text'],
  [sql.NVarChar(sql.MAX), 'x'.repeat(9000)],
  [sql.VarChar(20), 'é'],
  [sql.VarBinary(sql.MAX), Buffer.alloc(100, 7)],
  [sql.UniqueIdentifier(), '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  [sql.DateTime(), new Date(0)],
  [sql.DateTime2(7), new Date(0)],
  [sql.DateTimeOffset(3), new Date(0)],
  [sql.Date(), new Date(0)],
  [sql.Time(5), new Date(0)],
  [sql.Xml(), '<a/>'],
  [sql.NVarChar(10), null],
]

/** A day of a client's life: every kind of request that `mssql` sends. */
async function work(config: sql.config): Promise<void> {
  const pool = await new sql.ConnectionPool(config).connect()
  try {
    await pool.request().batch('CREATE TABLE #t (id int IDENTITY PRIMARY KEY, name nvarchar(50), price money)')
    const request = pool.request()
    for (const [i, [type, value]] of types.entries()) request.input(`p${i}`, type, value)
    await request.output('out', sql.Int, 0).query('SET @out = @p0; SELECT @p1, @p6, @p11')
    const prepared = new sql.PreparedStatement(pool).input('a', sql.Int)
    await prepared.prepare('SELECT @a AS a')
    await prepared.execute({ a: 1 })
    await prepared.unprepare()
    const transaction = new sql.Transaction(pool)
    await transaction.begin(sql.ISOLATION_LEVEL.SERIALIZABLE)
    await transaction.request().query('SELECT TOP 3 name FROM sys.objects')
    await transaction.commit()
    await pool.request().input('objname', sql.NVarChar, 'sys.objects').execute('sp_helptext').catch(refused)
    const table = new sql.Table('#bulk')
    table.create = true
    table.columns.add('id', sql.Int, { nullable: false })
    table.columns.add('name', sql.NVarChar(50), { nullable: true })
    for (let i = 0; i < 20; i++) table.rows.add(i, `row ${i}`)
    await pool.request().bulk(table).catch(refused)
    const rows = new sql.Table('dbo.Pairs')
    rows.columns.add('a', sql.Int)
    rows.rows.add(1)
    await pool.request().input('rows', rows).query('SELECT * FROM @rows').catch(refused)
    const cancelled = pool.request()
    const running = cancelled.query("WAITFOR DELAY '00:10:00'").catch(refused)
    setImmediate(() => setImmediate(() => cancelled.cancel()))
    await running
  } finally {
    await pool.close()
  }
}

/** The server's answer to a request of the corpus may be an error: what counts is what the client sent. */
function refused(error: unknown): void {
  if (!(error instanceof sql.RequestError)) throw error
}

/** The messages of `mssql` in every version of TDS that it speaks, as they crossed the wire, without TLS and into it. */
export async function recordClients(server: LocalSqlServer): Promise<readonly Conversation[]> {
  await using recorder = new Recorder(server.port)
  const port = await recorder.listen()
  const config = (tdsVersion: string, encrypt: boolean): sql.config => ({
    ...server.clientConfig,
    port,
    pool: { max: 1 },
    options: { ...server.clientConfig.options, encrypt, tdsVersion } as sql.config['options'] & object,
  })
  for (const version of ['7_1', '7_2', '7_3_A', '7_3_B', '7_4']) await work(config(version, false))
  const conversations = recorder.conversations.splice(0)
  const pool = await new sql.ConnectionPool(config('7_4', true)).connect()
  await pool.close()
  // Behind the handshake only TLS can be read; before it stand PRELOGIN and the ClientHello.
  return [...conversations, ...recorder.conversations.map((messages) => messages.slice(0, 2))]
}
