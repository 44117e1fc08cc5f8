import java.math.BigDecimal;
import java.sql.*;
import java.util.Arrays;

/** One line an observation; the test that runs it compares them. Arguments: URL, user, password. */
public class JtdsCheck {
  interface Step {
    Object run() throws Exception;
  }

  static void say(String what, Step step) {
    try {
      System.out.println(what + ": " + step.run());
    } catch (SQLException e) {
      System.out.println(what + ": SQLException " + e.getErrorCode() + " " + e.getSQLState() + " " + e.getMessage());
    } catch (Exception e) {
      System.out.println(what + ": " + e);
    }
  }

  static String row(ResultSet rs) throws SQLException {
    ResultSetMetaData meta = rs.getMetaData();
    StringBuilder out = new StringBuilder();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      Object value = rs.getObject(i);
      if (value instanceof byte[]) value = Arrays.toString((byte[]) value);
      if (value instanceof Clob) value = ((Clob) value).getSubString(1, 100);
      if (value instanceof Blob) value = Arrays.toString(((Blob) value).getBytes(1, 100));
      out.append(i == 1 ? "" : " | ").append(meta.getColumnTypeName(i)).append(' ').append(value);
    }
    return out.toString();
  }

  static int number(Statement s, String query) throws SQLException {
    try (ResultSet rs = s.executeQuery(query)) {
      rs.next();
      return rs.getInt(1);
    }
  }

  /** Ends only when it is cancelled. The driver may take that for a success, when the answer comes before its own note of it. */
  static String outcomeOfWait(Statement s) throws SQLException {
    try {
      s.execute("WAITFOR DELAY '23:59:59'");
    } catch (SQLException e) {
      if (!"HY008".equals(e.getSQLState()) && !"HYT00".equals(e.getSQLState())) throw e;
    }
    return "ended";
  }

  public static void main(String[] args) throws Exception {
    Class.forName("net.sourceforge.jtds.jdbc.Driver");
    try (Connection db = DriverManager.getConnection(args[0], args[1], args[2])) {
      DatabaseMetaData meta = db.getMetaData();
      say("server", () -> meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion());
      Statement s = db.createStatement();
      say("numbers", () -> {
        ResultSet rs = s.executeQuery("SELECT CAST(1 AS bit) a, CAST(255 AS tinyint) b, CAST(-5 AS smallint) c, 2147483647 d, CAST(9223372036854775807 AS bigint) e, CAST(1.5 AS real) f, CAST(0.1 AS float) g, CAST(-12.345 AS decimal(9,3)) h, CAST(922337203685477.5807 AS money) i, CAST(1.5 AS smallmoney) j");
        rs.next();
        return row(rs);
      });
      say("texts", () -> {
        ResultSet rs = s.executeQuery("SELECT CAST('a' AS char(3)) a, 'ä' b, N'ö' c, CAST(N'x' AS nchar(2)) d, CAST('m' AS varchar(max)) e, CAST(N'€' AS nvarchar(max)) f, CAST('t' AS text) g, CAST(N'n' AS ntext) h, CAST('<a/>' AS xml) i");
        rs.next();
        return row(rs);
      });
      say("binaries", () -> {
        ResultSet rs = s.executeQuery("SELECT CAST(0x0102 AS binary(3)) a, 0x01 b, CAST(0x02 AS varbinary(max)) c, CAST(0x03 AS image) d, CAST('0E984725-C51C-4BF4-9960-E1C80E27ABA0' AS uniqueidentifier) e");
        rs.next();
        return row(rs);
      });
      say("times", () -> {
        ResultSet rs = s.executeQuery("SELECT CAST('2026-11-22T13:45:00.127' AS datetime) a, CAST('2026-11-22T13:45:00' AS smalldatetime) b, CAST('2026-11-22' AS date) c, CAST('13:45:00.1234567' AS time) d, CAST('2026-11-22T13:45:00.1234567' AS datetime2) e, CAST('2026-11-22T13:45:00.1234567+02:00' AS datetimeoffset) f");
        rs.next();
        return row(rs);
      });
      say("variants", () -> {
        ResultSet rs = s.executeQuery("SELECT CAST(CAST(5 AS int) AS sql_variant) a, CAST(N'x' AS sql_variant) b, CAST(CAST(1.25 AS decimal(5,2)) AS sql_variant) c, CAST(CAST('2026-11-22T13:45:00' AS datetime) AS sql_variant) d, CAST(CAST('ä' AS varchar(3)) AS sql_variant) e, CAST(CAST(1 AS bit) AS sql_variant) f, CAST(CAST(7 AS smallint) AS sql_variant) g, CAST($2.5 AS sql_variant) h");
        rs.next();
        return row(rs);
      });
      s.execute("CREATE TABLE #t (id int IDENTITY CONSTRAINT pk_t PRIMARY KEY, name nvarchar(20) NOT NULL, price decimal(9,2) NULL)");
      say("generated key", () -> {
        PreparedStatement p = db.prepareStatement("INSERT INTO #t (name, price) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS);
        p.setString(1, "äöü€");
        p.setBigDecimal(2, new BigDecimal("1.25"));
        p.executeUpdate();
        ResultSet rs = p.getGeneratedKeys();
        rs.next();
        return rs.getInt(1);
      });
      say("batch", () -> {
        PreparedStatement p = db.prepareStatement("INSERT INTO #t (name, price) VALUES (?, ?)");
        for (int i = 2; i <= 5; i++) {
          p.setString(1, "n" + i);
          p.setObject(2, i == 3 ? null : i * 1.5, Types.DECIMAL);
          p.addBatch();
        }
        return Arrays.toString(p.executeBatch());
      });
      say("prepared", () -> {
        PreparedStatement p = db.prepareStatement("SELECT id, name, price FROM #t WHERE name = ? OR id = ?");
        p.setString(1, "äöü€");
        p.setInt(2, 4);
        ResultSet rs = p.executeQuery();
        StringBuilder out = new StringBuilder();
        while (rs.next()) out.append(row(rs)).append("; ");
        return out;
      });
      say("scrollable", () -> {
        Statement scroll = db.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        ResultSet rs = scroll.executeQuery("SELECT id, name FROM #t ORDER BY id");
        StringBuilder out = new StringBuilder();
        rs.last();
        out.append(rs.getRow()).append(' ').append(rs.getString(2));
        rs.first();
        out.append(", ").append(rs.getInt(1));
        rs.absolute(3);
        out.append(", ").append(rs.getString(2));
        rs.relative(-1);
        out.append(", ").append(rs.getString(2));
        rs.previous();
        out.append(", ").append(rs.getInt(1)).append(rs.previous()).append(rs.isBeforeFirst());
        return out;
      });
      say("updatable", () -> {
        Statement scroll = db.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rs = scroll.executeQuery("SELECT id, name, price FROM #t");
        rs.absolute(2);
        rs.updateString("name", "changed");
        rs.updateRow();
        rs.absolute(3);
        rs.deleteRow();
        rs.moveToInsertRow();
        rs.updateString("name", "inserted");
        rs.insertRow();
        rs.close();
        ResultSet all = s.executeQuery("SELECT name FROM #t ORDER BY id");
        StringBuilder out = new StringBuilder();
        while (all.next()) out.append(all.getString(1)).append(' ');
        return out;
      });
      say("procedure behind a cursor", () -> {
        s.execute("CREATE PROCEDURE jtds_c @a int AS SELECT @a AS a UNION ALL SELECT @a + 1");
        CallableStatement c = db.prepareCall("{call jtds_c(?)}", ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        c.setInt(1, 5);
        ResultSet rs = c.executeQuery();
        rs.last();
        int last = rs.getInt(1);
        rs.close();
        s.execute("DROP PROCEDURE jtds_c");
        return last;
      });
      say("cursor with parameters", () -> {
        PreparedStatement p = db.prepareStatement("SELECT id, name FROM #t WHERE id >= ? ORDER BY id FOR READ ONLY", ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        p.setInt(1, 4);
        ResultSet rs = p.executeQuery();
        rs.absolute(-1);
        return rs.getRow() + " " + rs.getString(2);
      });
      say("no key, no change", () -> {
        s.execute("CREATE TABLE #heap (a int) INSERT INTO #heap VALUES (1)");
        Statement scroll = db.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rs = scroll.executeQuery("SELECT a FROM #heap");
        return rs.getType() + " " + rs.getConcurrency() + " " + scroll.getWarnings().getMessage();
      });
      say("transaction", () -> {
        db.setAutoCommit(false);
        s.executeUpdate("DELETE FROM #t");
        Savepoint point = db.setSavepoint("p1");
        s.executeUpdate("INSERT INTO #t (name) VALUES ('lost')");
        db.rollback(point);
        ResultSet rs = s.executeQuery("SELECT COUNT(*) FROM #t");
        rs.next();
        int inside = rs.getInt(1);
        db.rollback();
        db.setAutoCommit(true);
        rs = s.executeQuery("SELECT COUNT(*) FROM #t");
        rs.next();
        return inside + " then " + rs.getInt(1);
      });
      s.execute("CREATE PROCEDURE jtds_p @a int, @b varchar(20) OUTPUT AS SELECT @a AS a SET @b = 'out ' + CAST(@a AS varchar(5)) RETURN 7");
      say("call", () -> {
        CallableStatement c = db.prepareCall("{? = call jtds_p(?, ?)}");
        c.registerOutParameter(1, Types.INTEGER);
        c.setInt(2, 42);
        c.registerOutParameter(3, Types.VARCHAR);
        c.execute();
        ResultSet rs = c.getResultSet();
        rs.next();
        int a = rs.getInt(1);
        while (c.getMoreResults() || c.getUpdateCount() != -1) continue;
        return a + " " + c.getInt(1) + " " + c.getString(3);
      });
      s.execute("DROP PROCEDURE jtds_p");
      say("warning", () -> {
        s.execute("PRINT 'hello' RAISERROR('careful', 10, 3)");
        SQLWarning w = s.getWarnings();
        return w.getErrorCode() + " " + w.getMessage() + ", " + w.getNextWarning().getErrorCode() + " " + w.getNextWarning().getMessage();
      });
      say("no table", () -> s.executeQuery("SELECT * FROM nope"));
      say("duplicate", () -> s.executeUpdate("SET IDENTITY_INSERT #t ON INSERT INTO #t (id, name) VALUES (1, 'x')"));
      say("custom", () -> s.execute("RAISERROR('bad %d', 16, 5, 12)"));
      say("cancel", () -> {
        int session = number(s, "SELECT @@SPID");
        Thread canceller = new Thread(() -> {
          try (Connection other = DriverManager.getConnection(args[0], args[1], args[2]);
              Statement look = other.createStatement()) {
            String running = "SELECT COUNT(*) FROM sys.dm_exec_requests WHERE session_id = " + session;
            while (number(look, running) == 0) Thread.onSpinWait();
            s.cancel();
          } catch (SQLException e) {
            System.out.println(e);
          }
        });
        canceller.start();
        String outcome = outcomeOfWait(s);
        canceller.join();
        return outcome;
      });
      say("time-out", () -> {
        s.setQueryTimeout(1);
        return outcomeOfWait(s);
      });
      s.setQueryTimeout(0);
      say("after", () -> {
        ResultSet rs = s.executeQuery("SELECT 1");
        rs.next();
        return rs.getInt(1);
      });
      say("parameters", () -> {
        PreparedStatement p = db.prepareStatement("SELECT ? a, ? b, ? c, ? d, ? e, ? f, ? g");
        p.setLong(1, 9007199254740993L);
        p.setDouble(2, 0.1);
        p.setBigDecimal(3, new BigDecimal("123.456"));
        p.setBytes(4, new byte[] {1, 2, (byte) 200});
        p.setTimestamp(5, Timestamp.valueOf("2026-11-22 13:45:00.123"));
        p.setBoolean(6, true);
        p.setNull(7, Types.VARCHAR);
        ResultSet rs = p.executeQuery();
        rs.next();
        return row(rs);
      });
      say("long text", () -> {
        PreparedStatement p = db.prepareStatement("SELECT LEN(?) a, DATALENGTH(?) b");
        p.setString(1, "x".repeat(20000));
        p.setBytes(2, new byte[30000]);
        ResultSet rs = p.executeQuery();
        rs.next();
        return row(rs);
      });
      say("parameter types", () -> {
        PreparedStatement p = db.prepareStatement("SELECT id, name FROM #t WHERE id = ?");
        ResultSetMetaData m = p.getMetaData();
        return m.getColumnName(1) + " " + m.getColumnTypeName(1) + ", " + m.getColumnName(2) + " " + m.getColumnTypeName(2) + " " + m.getPrecision(2);
      });
      say("a null of no type", () -> {
        PreparedStatement p = db.prepareStatement("SELECT ISNULL(?, 'none') a");
        p.setObject(1, null);
        ResultSet rs = p.executeQuery();
        rs.next();
        return rs.getString(1);
      });
      say("current of", () -> {
        s.execute("CREATE TABLE #named (id int PRIMARY KEY, name varchar(9)) INSERT #named VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        Statement named = db.createStatement();
        named.setCursorName("walk");
        ResultSet rs = named.executeQuery("SELECT id, name FROM #named FOR UPDATE");
        rs.next();
        rs.next();
        int changed = s.executeUpdate("UPDATE #named SET name = 'here' WHERE CURRENT OF walk");
        rs.close();
        ResultSet all = s.executeQuery("SELECT name FROM #named ORDER BY id");
        StringBuilder out = new StringBuilder().append(changed);
        while (all.next()) out.append(' ').append(all.getString(1));
        return out;
      });
      say("names for types", () -> {
        db.prepareCall("{call sp_addtype jtds_number, 'decimal(7,2)', 'NULL'}").execute();
        s.execute("CREATE PROCEDURE jtds_n @n jtds_number OUTPUT AS SET @n = 1.5");
        CallableStatement c = db.prepareCall("{call jtds_n(?)}");
        c.registerOutParameter(1, Types.DECIMAL, 2);
        c.execute();
        s.execute("DROP PROCEDURE jtds_n EXEC sp_droptype 'jtds_number'");
        return c.getBigDecimal(1);
      });
    }
  }
}
