"""One line an observation; the test that runs it compares them. Arguments: host, port, user, password, TDS version."""
import datetime
import decimal
import sys
import uuid


import pymssql
from pymssql import _mssql

host, port, user, password, version = sys.argv[1:6]


def say(what, step):
    try:
        print(f"{what}: {step()!r}")
    except pymssql.Error as error:
        number, text = (error.args[0] if isinstance(error.args[0], tuple) else error.args)[:2]
        print(f"{what}: {type(error).__name__} {number} {text.decode().split('DB-Lib')[0]}")


db = pymssql.connect(host, user, password, "master", port=port, tds_version=version, login_timeout=10)
c = db.cursor()


def one(sql, *args):
    c.execute(sql, *args)
    return c.fetchone()


say("numbers", lambda: one("SELECT CAST(1 AS bit), CAST(255 AS tinyint), CAST(-5 AS smallint), 2147483647, CAST(9223372036854775807 AS bigint), CAST(1.5 AS real), CAST(0.1 AS float), CAST(-12.345 AS decimal(9,3)), CAST(922337203685477.5807 AS money)"))
say("texts", lambda: one("SELECT CAST('a' AS char(3)), 'ä', N'ö€', CAST('m' AS varchar(max)), CAST('t' AS text), CAST(N'n' AS ntext), CAST('<a/>' AS xml)"))
say("binaries", lambda: one("SELECT CAST(0x0102 AS binary(3)), 0x01, CAST(0x02 AS varbinary(max)), CAST(0x03 AS image), CAST('0E984725-C51C-4BF4-9960-E1C80E27ABA0' AS uniqueidentifier)"))
say("times", lambda: one("SELECT CAST('2026-11-22T13:45:00.127' AS datetime), CAST('2026-11-22T13:45:00' AS smalldatetime), CAST('2026-11-22' AS date), CAST('13:45:00.1234567' AS time), CAST('2026-11-22T13:45:00.1234567' AS datetime2)"))
say("nulls", lambda: one("SELECT CAST(NULL AS int), CAST(NULL AS varchar(5)), CAST(NULL AS datetime)"))
say("parameters", lambda: one("SELECT %s, %s, %s, %s", (5, "it's ä", decimal.Decimal("1.25"), datetime.datetime(2026, 11, 22, 13, 45))))
c.execute("CREATE TABLE #t (id int CONSTRAINT pk_t PRIMARY KEY, name nvarchar(20))")
c.executemany("INSERT INTO #t VALUES (%d, %s)", [(1, "äöü"), (2, "b"), (3, "€")])
db.commit()
say("rows", lambda: (c.execute("SELECT * FROM #t ORDER BY id"), c.fetchall(), c.rowcount)[1:])
c.execute("DELETE FROM #t")
say("deleted", lambda: c.rowcount)
db.rollback()
say("rolled back", lambda: one("SELECT COUNT(*) FROM #t"))
say("no table", lambda: one("SELECT * FROM nope"))
say("duplicate", lambda: c.execute("INSERT INTO #t VALUES (1, N'x')"))
say("custom", lambda: c.execute("RAISERROR('bad', 16, 5)"))
db.rollback()
c.execute("CREATE PROCEDURE py_p @a int, @b varchar(20) OUTPUT AS SET @b = 'out ' + CAST(@a AS varchar(5)) RETURN 7")
say("call", lambda: c.callproc("py_p", (42, pymssql.output(str))))
while c.nextset():
    pass
c.execute("SELECT 1 a; SELECT 2 b")
say("first", c.fetchall)
say("more", lambda: (c.nextset(), c.fetchall()))
db.rollback()
db.close()

raw = _mssql.connect(server=host, port=port, user=user, password=password, tds_version=version)
raw.execute_non_query("CREATE PROCEDURE py_q @a int, @b varchar(20) OUTPUT AS SET @b = 'out ' + CAST(@a AS varchar(5)) RETURN 7")
proc = raw.init_procedure("py_q")
proc.bind(42, _mssql.SQLINT4, "@a")
proc.bind("", _mssql.SQLVARCHAR, "@b", output=True, max_length=20)
status = proc.execute()
print("procedure:", status, proc.parameters["@b"])
raw.execute_non_query("DROP PROCEDURE py_q")
proc = raw.init_procedure("sp_executesql")
proc.bind("SELECT @a + 1", _mssql.SQLVARCHAR, "@stmt")
proc.bind("@a int", _mssql.SQLVARCHAR, "@params")
proc.bind(41, _mssql.SQLINT4, "@a")
proc.execute()
print("rpc:", [row[0] for row in raw])
try:
    raw.execute_query("SELECT 1\nSELECT * FROM nope")
    raw.nextresult()
except _mssql.MSSQLDatabaseException as error:
    print("error:", error.number, error.severity, error.state, error.line, error.procname)
raw.close()
