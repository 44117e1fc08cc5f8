import java.sql.*;

/** Prints what jTDS's DatabaseMetaData tells of the tables `author` and `book`, one row a line. */
public class JtdsMetadata {
  public static void main(String[] args) throws Exception {
    Class.forName("net.sourceforge.jtds.jdbc.Driver");
    try (Connection c = DriverManager.getConnection(args[0], "sa", args[1])) {
      DatabaseMetaData m = c.getMetaData();
      System.out.println("product " + m.getDatabaseProductName() + " " + m.getDatabaseMajorVersion());
      print("tables", m.getTables(null, "dbo", "%", new String[] {"TABLE", "VIEW"}), 2, 3, 4);
      print("columns", m.getColumns(null, "dbo", "book", "%"), 4, 5, 6, 7, 9, 11, 13, 17, 18);
      print("keys", m.getPrimaryKeys(null, "dbo", "book"), 3, 4, 5, 6);
      print("imported", m.getImportedKeys(null, "dbo", "book"), 3, 4, 7, 8, 9, 10, 11, 12, 13);
      print("exported", m.getExportedKeys(null, "dbo", "author"), 3, 4, 7, 8);
      print("indexes", m.getIndexInfo(null, "dbo", "book", false, true), 3, 4, 6, 7, 8, 9, 10);
      print("best", m.getBestRowIdentifier(null, "dbo", "book", DatabaseMetaData.bestRowSession, true), 2, 3, 4);
      print("version", m.getVersionColumns(null, "dbo", "book"), 2, 3, 4);
      print("procedures", m.getProcedures(null, "dbo", "%"), 2, 3, 8);
      print("parameters", m.getProcedureColumns(null, "dbo", "find_books", "%"), 3, 4, 5, 6, 7);
      print("privileges", m.getTablePrivileges(null, "dbo", "author"), 3, 4, 5, 6, 7);
      print("column privileges", m.getColumnPrivileges(null, "dbo", "author", "name"), 4, 5, 6, 7, 8);
      print("catalogs", m.getCatalogs(), 1);
      print("schemas", m.getSchemas(), 1);
      print("kinds", m.getTableTypes(), 1);
      int types = 0;
      try (ResultSet r = m.getTypeInfo()) { while (r.next()) types += 1; }
      System.out.println("types " + types);
    }
  }

  static void print(String what, ResultSet r, int... columns) throws SQLException {
    while (r.next()) {
      StringBuilder line = new StringBuilder(what);
      for (int column : columns) line.append(" | ").append(r.getString(column));
      System.out.println(line);
    }
    r.close();
  }
}
