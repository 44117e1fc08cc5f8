import java.sql.*;

/** Logs in once for each URL, as the user of the first two arguments, and says who it then is or why not. */
public class JtdsWindowsLogin {
  public static void main(String[] args) throws Exception {
    Class.forName("net.sourceforge.jtds.jdbc.Driver");
    for (int i = 2; i < args.length; i++) {
      try (Connection db = DriverManager.getConnection(args[i], args[0], args[1]);
          ResultSet rs = db.createStatement().executeQuery("SELECT SUSER_SNAME()")) {
        rs.next();
        System.out.println(rs.getString(1));
      } catch (SQLException e) {
        System.out.println(e.getErrorCode() + " " + e.getMessage());
      }
    }
  }
}
