import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const TESTS = join(import.meta.dirname, '../mocks/sql-server')

const STATEMENT =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE|ALTER|DROP|DECLARE|SET|IF|WHILE|BEGIN|EXEC|GRANT|DENY|REVOKE|USE|PRINT|RAISERROR|THROW|TRUNCATE|SAVE|COMMIT|ROLLBACK|BACKUP|RESTORE|DBCC)\b/i

/** A string of TypeScript without a placeholder in it. */
const STRING = /'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\$]|\\.|\$(?!\{))+)`/g

/** What every run works on, whatever the tests have. */
export const SETUP = `
CREATE TABLE dbo.items (id int IDENTITY PRIMARY KEY, name nvarchar(50) NOT NULL, price decimal(10, 2), made datetime2 DEFAULT SYSDATETIME(), parent int REFERENCES dbo.items (id), CHECK (price >= 0));
INSERT dbo.items (name, price) VALUES (N'tea', 2.5), (N'coffee', 3), (N'milk', NULL);
CREATE TABLE dbo.[other table] (a bigint, b varchar(max), c varbinary(20), d uniqueidentifier, e bit, f float, g money, h date, i time, j datetimeoffset, k sql_variant);
INSERT dbo.[other table] (a, b, c, e, f, g, h) VALUES (1, 'x', 0x0102, 1, 1.5, 2.25, '2020-02-29');`

/** T-SQL that real clients run: the statements that stand in the tests of the SQL Server. */
export function statementCorpus(): readonly string[] {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  const found = files.sort().flatMap((file) => {
    const text = readFileSync(join(TESTS, file), 'utf8')
    return [...text.matchAll(STRING)].map(([, single, double, template]) => single ?? double ?? template ?? '')
  })
  return [...new Set(found.filter((text) => STATEMENT.test(text)).map(unescaped))]
}

const unescaped = (text: string): string => text.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1')
