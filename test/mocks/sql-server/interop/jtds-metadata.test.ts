import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { librarySchema } from '../library-schema.ts'
import { saPassword, startTestServer } from '../running-server.ts'

const jar = '/usr/share/java/jtds.jar'
const program = new URL('JtdsMetadata.java', import.meta.url).pathname

test.skipIf(!existsSync(jar))(`jTDS reads the catalogue (needs Java and ${jar})`, { timeout: 60_000 }, async () => {
  await using server = await startTestServer()
  await (await server.connect()).query('CREATE DATABASE library')
  const db = await server.connect({ database: 'library' })
  for (const statement of librarySchema) await db.query(statement)
  const url = `jdbc:jtds:sqlserver://127.0.0.1:${server.port}/library`
  const { stdout } = await promisify(execFile)('java', ['-Dfile.encoding=UTF-8', '-cp', jar, program, url, saPassword])
  expect(stdout.replaceAll(/PK__author__\w+/g, 'PK__author__…')).toMatchInlineSnapshot(`
    "product Microsoft SQL Server 16
    tables | dbo | author | TABLE
    tables | dbo | book | TABLE
    tables | dbo | books | VIEW
    columns | id | -5 | bigint identity | 19 | 0 | 0 | null | 1 | NO
    columns | author | 4 | int | 10 | 0 | 1 | null | 2 | YES
    columns | title | 12 | varchar | 100 | 0 | 0 | ('x') | 3 | NO
    columns | price | 3 | decimal | 10 | 2 | 1 | null | 4 | YES
    columns | long | 2005 | ntext | 1073741823 | 0 | 1 | null | 5 | YES
    columns | at | 12 | datetime2 | 23 | 0 | 1 | (sysdatetime()) | 6 | YES
    columns | d | 12 | date | 10 | 0 | 1 | null | 7 | YES
    columns | ok | -7 | bit | 1 | 0 | 0 | null | 8 | NO
    columns | v | -2 | timestamp | 8 | 0 | 0 | null | 9 | NO
    columns | twice | 2 | numeric | 12 | 2 | 1 | null | 10 | YES
    keys | book | id | 1 | pk_book
    imported | author | id | book | author | 1 | 1 | 0 | book_author | PK__author__…
    exported | author | id | book | author
    indexes | book | 0 | null | 0 | 0 | null | null
    indexes | book | 0 | pk_book | 1 | 1 | id | A
    indexes | book | 1 | book_title | 3 | 1 | title | D
    indexes | book | 1 | book_title | 3 | 2 | price | A
    best | id | -5 | bigint identity
    version | v | -2 | timestamp
    procedures | dbo | find_books | 2
    parameters | find_books | @RETURN_VALUE | 5 | 4 | int
    parameters | find_books | @author | 1 | 4 | int
    parameters | find_books | @n | 2 | 4 | int
    privileges | author | dbo | dbo | DELETE | YES
    privileges | author | dbo | dbo | INSERT | YES
    privileges | author | dbo | dbo | REFERENCES | YES
    privileges | author | dbo | dbo | SELECT | YES
    privileges | author | dbo | dbo | UPDATE | YES
    column privileges | name | dbo | dbo | INSERT | YES
    column privileges | name | dbo | dbo | REFERENCES | YES
    column privileges | name | dbo | dbo | SELECT | YES
    column privileges | name | dbo | dbo | UPDATE | YES
    catalogs | library
    catalogs | master
    catalogs | model
    catalogs | msdb
    catalogs | tempdb
    schemas | db_accessadmin
    schemas | db_backupoperator
    schemas | db_datareader
    schemas | db_datawriter
    schemas | db_ddladmin
    schemas | db_denydatareader
    schemas | db_denydatawriter
    schemas | db_owner
    schemas | db_securityadmin
    schemas | dbo
    schemas | guest
    schemas | INFORMATION_SCHEMA
    schemas | sys
    kinds | SYSTEM TABLE
    kinds | TABLE
    kinds | VIEW
    types 36
    "
  `)
})
