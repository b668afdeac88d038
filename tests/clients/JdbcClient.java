import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Objects;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** The JDBC driver: extended protocol, text first and binary after five executions, batches, cursors, metadata. */
public class JdbcClient {
  static void equal(Object wanted, Object got, String what) {
    boolean same = wanted instanceof byte[] ? Arrays.equals((byte[]) wanted, (byte[]) got) : Objects.equals(wanted, got);
    if (!same) throw new AssertionError(what + ": wanted " + wanted + ", got " + got);
  }

  interface Action {
    void run() throws Exception;
  }

  static void fails(String state, Action action) throws Exception {
    try {
      action.run();
    } catch (SQLException e) {
      equal(state, e.getSQLState(), e.getMessage());
      return;
    }
    throw new AssertionError("no " + state);
  }

  static void values(Connection connection) throws Exception {
    Object[][] values = {
      {"bool", true}, {"int4", Integer.MIN_VALUE}, {"int8", Long.MAX_VALUE}, {"float4", 1.5f}, {"float8", 0.1},
      {"numeric", new BigDecimal("12345678901234567890.0123456789")}, {"text", "Grüße, 世界 ' \\"}, {"varchar(5)", "abc"},
      {"bytea", new byte[] {0, 1, -1}}, {"uuid", UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
      {"date", LocalDate.of(2024, 2, 29)}, {"time", LocalTime.of(23, 59, 58)}, {"timestamp", LocalDateTime.of(1999, 12, 31, 23, 59, 59, 123456000)},
      {"timestamptz", OffsetDateTime.of(2024, 6, 1, 12, 0, 0, 0, ZoneOffset.UTC)},
    };
    for (Object[] pair : values) {
      String sql = "select ?::" + pair[0] + ", ?::" + pair[0];
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < 8; ++i) {  // from the fifth on: a named statement, binary results
          statement.setObject(1, pair[1]);
          statement.setObject(2, null);
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            Object got = pair[1] instanceof byte[] ? rows.getBytes(1) : rows.getObject(1, pair[1].getClass());
            equal(pair[1], got, sql);
            equal(null, rows.getObject(2), sql);
          }
        }
      }
    }
    try (PreparedStatement statement = connection.prepareStatement("select ?::int2, ?::int[], ?::text[], ?::interval, ?::char(3), 5::oid")) {
      for (int i = 0; i < 8; ++i) {
        statement.setShort(1, Short.MIN_VALUE);
        statement.setArray(2, connection.createArrayOf("int4", new Object[] {1, null, 3}));
        statement.setArray(3, connection.createArrayOf("text", new Object[] {"a", "b \"c\"", null, ""}));
        statement.setString(4, "1 year 2 days");
        statement.setString(5, "a");
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          equal(Short.MIN_VALUE, rows.getShort(1), "int2");
          equal("[1, null, 3]", Arrays.toString((Object[]) rows.getArray(2).getArray()), "int[]");
          equal("[a, b \"c\", null, ]", Arrays.toString((Object[]) rows.getArray(3).getArray()), "text[]");
          equal("1 years 0 mons 2 days 0 hours 0 mins 0.0 secs", rows.getObject(4).toString(), "interval");
          equal("a  ", rows.getString(5), "char");
          equal(5L, rows.getLong(6), "oid");
        }
      }
    }
  }

  static void transactions(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table t (id int primary key, name text, amount numeric(10,2))");
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement("insert into t values (?, ?, ?)")) {
        for (int i = 0; i < 500; ++i) {
          insert.setInt(1, i);
          insert.setString(2, "n" + i);
          insert.setBigDecimal(3, new BigDecimal(i).movePointLeft(2));
          insert.addBatch();
        }
        equal(500, insert.executeBatch().length, "batch");
      }
      Savepoint savepoint = connection.setSavepoint();
      equal(500, statement.executeUpdate("delete from t"), "delete");
      connection.rollback(savepoint);
      connection.commit();

      statement.setFetchSize(100);  // a portal executed with a row limit
      int count = 0;
      try (ResultSet rows = statement.executeQuery("select id from t order by id")) {
        while (rows.next()) equal(count++, rows.getInt(1), "row");
      }
      equal(500, count, "fetched");
      statement.setFetchSize(0);

      fails("23505", () -> statement.executeUpdate("insert into t values (1)"));
      fails("25P02", () -> statement.executeQuery("select 1"));
      connection.rollback();
      connection.setAutoCommit(true);
      try (PreparedStatement insert = connection.prepareStatement("insert into t values (?)")) {
        for (int id : new int[] {1000, 1, 1001}) {
          insert.setInt(1, id);
          insert.addBatch();
        }
        try {
          insert.executeBatch();
          throw new AssertionError("a batch with a duplicate key");
        } catch (BatchUpdateException e) {
          equal("23505", e.getSQLState(), "batch");
        }
      }
      fails("22012", () -> statement.executeQuery("select 1/0"));
      fails("42601", () -> statement.executeQuery("selec"));
      fails("42P01", () -> statement.executeQuery("select * from nowhere"));
      try (ResultSet keys = statement.executeQuery("insert into t values (2000) returning id")) {
        keys.next();
        equal(2000, keys.getInt(1), "returning");
      }
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      try (ResultSet rows = statement.executeQuery("show transaction_isolation")) {
        rows.next();
        equal("serializable", rows.getString(1), "isolation");
      }
    }
  }

  static void copyAndCancel(Connection connection) throws Exception {
    CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
    equal(2L, copy.copyIn("copy t (id, name) from stdin (format csv)", new StringReader("3000,\"a, b\"\n3001,\n")), "copy in");
    StringWriter out = new StringWriter();
    copy.copyOut("copy (select id, name from t where id >= 3000 order by id) to stdout", out);
    equal("3000\ta, b\n3001\t\\N\n", out.toString(), "copy out");
    try (Statement statement = connection.createStatement()) {
      new Timer(true).schedule(new TimerTask() {
        @Override
        public void run() {
          try {
            statement.cancel();
          } catch (SQLException e) {
            e.printStackTrace();
          }
        }
      }, 300);
      fails("57014", () -> statement.executeQuery("select count(*) from generate_series(1, 100000000000)"));
    }
  }

  static void metadata(Connection connection) throws Exception {
    DatabaseMetaData database = connection.getMetaData();
    equal(15, database.getDatabaseMajorVersion(), "version");
    try (ResultSet tables = database.getTables(null, "public", "%", new String[] {"TABLE"})) {
      tables.next();
      equal("t", tables.getString("TABLE_NAME"), "getTables");
    }
    StringBuilder columns = new StringBuilder();
    try (ResultSet rows = database.getColumns(null, "public", "t", "%")) {
      while (rows.next()) columns.append(rows.getString("COLUMN_NAME")).append(' ').append(rows.getString("TYPE_NAME")).append(' ');
    }
    equal("id int4 name text amount numeric ", columns.toString(), "getColumns");
    try (ResultSet keys = database.getPrimaryKeys(null, "public", "t")) {
      keys.next();
      equal("id", keys.getString("COLUMN_NAME"), "getPrimaryKeys");
    }
    try (PreparedStatement statement = connection.prepareStatement("select id, amount as paid from t where id = ?")) {
      ResultSetMetaData row = statement.getMetaData();
      equal("paid numeric(10,2)", row.getColumnLabel(2) + " " + row.getColumnTypeName(2) + "(" + row.getPrecision(2) + "," + row.getScale(2) + ")", "metadata");
      equal("t.id", row.getTableName(1).isEmpty() ? ".id" : row.getTableName(1) + "." + row.getColumnName(1), "base table");
      equal("int4", statement.getParameterMetaData().getParameterTypeName(1), "parameter");
    }
  }

  public static void main(String[] arguments) throws Exception {
    String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
    try (Connection connection = DriverManager.getConnection(url, System.getenv("PGUSER"), "")) {
      values(connection);
      transactions(connection);
      copyAndCancel(connection);
      metadata(connection);
      equal(true, connection.isValid(5), "isValid");
    }
    for (String mode : new String[] {"simple", "extendedForPrepared", "extendedCacheEverything"}) {
      try (Connection connection = DriverManager.getConnection(url + "?preferQueryMode=" + mode, System.getenv("PGUSER"), "");
          PreparedStatement statement = connection.prepareStatement("select ?::int + 1")) {
        statement.setInt(1, 41);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          equal(42, rows.getInt(1), mode);
        }
      }
    }
  }
}
