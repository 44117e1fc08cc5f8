import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { Catalog } from '../../../mocks/sql-server/engine/catalog/catalog.ts'
import { SqlSession } from '../../../mocks/sql-server/engine/session.ts'
import { SqlDatabase } from '../../../mocks/sql-server/engine/storage/database.ts'
import { Store } from '../../../mocks/sql-server/engine/storage/store.ts'
import { startTestServer } from './running-server.ts'

const living = () =>
  Object.fromEntries([SqlSession, SqlDatabase, Catalog, Store].map((made) => [made.name, queryObjects(made)]))

async function workOnce(): Promise<void> {
  await using server = await startTestServer()
  const pool = await server.connect({ options: { encrypt: true } })
  await pool.request().batch('CREATE DATABASE works')
  await pool.request().batch(`USE works; CREATE TABLE jobs(id int IDENTITY PRIMARY KEY, name nvarchar(50) NOT NULL)`)
  await pool.request().batch(`USE works; INSERT INTO jobs(name) VALUES (N'first'); SELECT name FROM jobs`)
  await pool.request().input('id', 1).query('SELECT name FROM works.dbo.jobs WHERE id = @id')
}

test('a server that has stopped leaves no session, database, catalogue or SQLite connection in memory', async () => {
  await workOnce()
  // What a client closes goes within some turns of the loop.
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
  expect(living()).toEqual({ SqlSession: 0, SqlDatabase: 0, Catalog: 0, Store: 0 })
})
