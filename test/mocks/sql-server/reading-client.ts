/** A client in a thread of its own, so that its reading costs the server's thread nothing: tells how many rows came. */
import { parentPort, workerData } from 'node:worker_threads'
import sql from 'mssql'

const { config, text } = workerData as { config: sql.config; text: string } // the test that starts it is the only one
const pool = await new sql.ConnectionPool(config).connect()
const { recordset } = await pool.query(text)
await pool.close()
parentPort?.postMessage(recordset.length)
