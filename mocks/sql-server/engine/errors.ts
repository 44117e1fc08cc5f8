/** The engine's errors by number: class, state and text as SQL Server has them in sys.messages. */
import { atCall, SqlError } from './sql-error.ts'

export const errors = {
  tableTypeColumn: (column: string) =>
    new SqlError(
      350,
      16,
      1,
      `The column "${column}" does not have a valid data type. A column cannot be of a user-defined table type.`,
    ),
  typeExists: (name: string) =>
    new SqlError(219, 16, 1, `The type '${name}' already exists, or you do not have permission to create it.`),
  noType: (name: string) =>
    new SqlError(
      218,
      16,
      1,
      `Could not find the type '${name}'. Either it does not exist or you do not have the necessary permission.`,
    ),
  typeInUse: (name: string, object: string) =>
    new SqlError(
      3732,
      16,
      1,
      `Cannot drop type '${name}' because it is being referenced by object '${object}'. There may be other objects that reference this type.`,
    ),
  needsReadOnly: (parameter: string, line: number) =>
    new SqlError(352, 15, 1, `The table-valued parameter "${parameter}" must be declared with the READONLY option.`, {
      line,
    }),
  needlessReadOnly: (parameter: string, line: number) =>
    new SqlError(
      346,
      15,
      1,
      `The parameter "${parameter}" can not be declared READONLY since it is not a table-valued parameter.`,
      { line },
    ),
  readOnlyTable: (parameter: string, line: number) =>
    new SqlError(10700, 16, 1, `The table-valued parameter "${parameter}" is READONLY and cannot be modified.`, {
      line,
    }),
  tableColumns: (given: number, wanted: number) =>
    new SqlError(
      500,
      16,
      1,
      `Trying to pass a table-valued parameter with ${given} column(s) where the corresponding user-defined table type requires ${wanted} column(s).`,
    ),
  identityOfVariable: () => new SqlError(1077, 16, 1, 'INSERT into an identity column not allowed on table variables.'),
  tableDoesNotConform: (parameter: string, number: number, state: number) =>
    new SqlError(
      8061,
      16,
      1,
      `The data for table-valued parameter "${parameter}" doesn't conform to the table type of the parameter. SQL Server error is: ${number}, state: ${state}`,
    ),
  bulkExpected: () =>
    new SqlError(4022, 16, 1, 'Bulk load data was expected but not sent. The batch will be terminated.'),
  bulkNotAlone: (line: number) =>
    new SqlError(428, 15, 1, 'Insert bulk cannot be used in a multi-statement batch.', { line }),
  bulkColumnType: (column: number, state: number) =>
    new SqlError(4816, 16, state, `Invalid column type from bcp client for colid ${column}.`),
  bulkColumnLength: (column: number) =>
    new SqlError(4815, 16, 1, `Received an invalid column length from the bcp client for colid ${column}.`),
  bulkEndsEarly: (state: number) =>
    new SqlError(
      4804,
      17,
      state,
      'While reading current row from host, a premature end-of-message was encountered--an incoming data stream was interrupted when the server expected to see more data. The host program may have terminated. Ensure that you are using a supported client application programming interface (API).',
    ),
  bulkOrder: (first: string, second: string) =>
    new SqlError(
      4819,
      16,
      1,
      `Cannot bulk load. The bulk data stream was incorrectly specified as sorted or the data violates a uniqueness constraint imposed by the target table. Sort order incorrect for the following two rows: primary key of first row: (${first}), primary key of second row: (${second}).`,
    ),
  noObjectOrRight: (name: string) =>
    new SqlError(
      1088,
      16,
      11,
      `Cannot find the object "${name}" because it does not exist or you do not have permissions.`,
    ),
  columnTwice: (name: string) =>
    new SqlError(
      264,
      16,
      1,
      `The column name '${name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
    ),
  floatRange: (text: string) =>
    new SqlError(
      168,
      15,
      1,
      `The floating point value '${text}' is out of the range of computer representation (8 bytes).`,
    ),
  groupByConstant: (line: number) =>
    new SqlError(
      164,
      15,
      1,
      'Each GROUP BY expression must contain at least one column that is not an outer reference.',
      { line },
    ),
  groupByAggregate: (line: number) =>
    new SqlError(
      144,
      15,
      1,
      'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
      { line },
    ),
  notAGroupingKey: (at: number, name: string, line: number) =>
    new SqlError(
      8161,
      16,
      1,
      `Argument ${at} of the ${name} function does not match any of the expressions in the GROUP BY clause.`,
      { line },
    ),
  tiesWithoutOrder: (line: number) =>
    new SqlError(1062, 15, 1, 'The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.', {
      line,
    }),
  distinctOrder: (line: number) =>
    new SqlError(145, 15, 1, 'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.', {
      line,
    }),
  setOpOrder: (line: number) =>
    new SqlError(
      104,
      16,
      1,
      'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
      { line },
    ),
  syntax: (near: string, line: number) => new SqlError(102, 15, 1, `Incorrect syntax near '${near}'.`, { line }),
  topWithOffset: (line: number) =>
    new SqlError(10741, 15, 2, 'A TOP can not be used in the same query or sub-query as a OFFSET.', { line }),
  orderByConstant: (at: number, line: number) =>
    new SqlError(408, 16, 1, `A constant expression was encountered in the ORDER BY list, position ${at}.`, { line }),
  mustDeclare: (name: string, line: number) =>
    new SqlError(137, 15, 2, `Must declare the scalar variable "${name}".`, { line }),
  mustDeclareTable: (name: string, line: number) =>
    new SqlError(1087, 15, 2, `Must declare the table variable "${name}".`, { line }),
  alreadyDeclared: (name: string, line: number) =>
    new SqlError(
      134,
      15,
      2,
      `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
      { line },
    ),
  noColumn: (name: string, line: number) => new SqlError(207, 16, 1, `Invalid column name '${name}'.`, { line }),
  noObject: (name: string, line: number) =>
    new SqlError(208, 16, 1, `Invalid object name '${name.replace(/^tempdb\.dbo\.(?=##)/, '')}'.`, {
      line,
      endsBatch: true,
    }),
  ambiguous: (name: string, line: number) => new SqlError(209, 16, 1, `Ambiguous column name '${name}'.`, { line }),
  notBound: (name: string, line: number) =>
    new SqlError(4104, 16, 1, `The multi-part identifier "${name}" could not be bound.`, { line }),
  columnCount: (line: number) =>
    new SqlError(213, 16, 1, 'Column name or number of supplied values does not match table definition.', { line }),
  moreColumns: (line: number) =>
    new SqlError(
      109,
      15,
      1,
      'There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
      { line },
    ),
  fewerColumns: (line: number) =>
    new SqlError(
      110,
      15,
      1,
      'There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
      { line },
    ),
  notGrouped: (name: string, clause = 'select list') =>
    new SqlError(
      clause === 'select list' ? 8120 : clause === 'HAVING clause' ? 8121 : 8127,
      16,
      1,
      `Column ${clause === 'ORDER BY clause' ? `"${name}"` : `'${name}'`} is invalid in the ${clause} because it is not contained in either an aggregate function or the GROUP BY clause.`,
    ),
  groupedRows: (name: string, view: boolean) =>
    view
      ? new SqlError(
          4403,
          16,
          1,
          `Cannot update the view or function '${name}' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.`,
        )
      : new SqlError(
          4418,
          16,
          1,
          `Derived table '${name}' is not updatable because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.`,
        ),
  manyBaseTables: (name: string, view: boolean) =>
    new SqlError(
      view ? 4405 : 4420,
      16,
      1,
      `${view ? 'View or function' : 'Derived table'} '${name}' is not updatable because the modification affects multiple base tables.`,
    ),
  derivedField: (name: string, view: boolean) =>
    view
      ? new SqlError(
          4406,
          16,
          1,
          `Update or insert of view or function '${name}' failed because it contains a derived or constant field.`,
        )
      : new SqlError(
          4421,
          16,
          1,
          `Derived table '${name}' is not updatable because a column of the derived table is derived or constant.`,
        ),
  sameAlias: (name: string) =>
    new SqlError(1011, 16, 1, `The correlation name '${name}' is specified multiple times in a FROM clause.`),
  sameExposed: (a: string, z: string) =>
    new SqlError(
      1013,
      16,
      1,
      `The objects "${a}" and "${z}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`,
    ),
  noColumnName: (at: number, name: string) =>
    new SqlError(8155, 16, 2, `No column name was specified for column ${at} of '${name}'.`),
  sameColumnName: (column: string, name: string) =>
    new SqlError(8156, 16, 1, `The column '${column}' was specified multiple times for '${name}'.`),
  moreNames: (name: string) =>
    new SqlError(8158, 16, 1, `'${name}' has more columns than were specified in the column list.`),
  fewerNames: (name: string) =>
    new SqlError(8159, 16, 1, `'${name}' has fewer columns than were specified in the column list.`),
  orderInside: (line: number) =>
    new SqlError(
      1033,
      15,
      1,
      'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
      { line },
    ),
  coalesceNulls: () =>
    new SqlError(
      4127,
      16,
      1,
      'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.',
    ),
  nullifNull: () =>
    new SqlError(
      4151,
      16,
      1,
      'The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.',
    ),
  caseNulls: () =>
    new SqlError(
      8133,
      16,
      1,
      'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.',
    ),
  setOpColumns: () =>
    new SqlError(
      205,
      16,
      1,
      'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
    ),
  orderPosition: (at: number, line: number) =>
    new SqlError(
      108,
      16,
      1,
      `The ORDER BY position number ${at} is out of range of the number of items in the select list.`,
      { line },
    ),
  subqueryOneColumn: () =>
    new SqlError(
      116,
      16,
      1,
      'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    ),
  subqueryManyRows: () =>
    new SqlError(
      512,
      16,
      1,
      'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
    ),
  notBoolean: (near: string, line: number) =>
    new SqlError(
      4145,
      15,
      1,
      `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`,
      { line },
    ),
  unknownFunction: (name: string, line: number) =>
    new SqlError(195, 15, 10, `'${name}' is not a recognized built-in function name.`, { line }),
  unknownUserFunction: (name: string, line: number) =>
    new SqlError(
      4121,
      16,
      1,
      `Cannot find either column "${name.split('.')[0]}" or the user-defined function or aggregate "${name}", or the name is ambiguous.`,
      { line },
    ),
  argumentCount: (name: string, count: number, line: number) =>
    new SqlError(174, 15, 1, `The ${name.toLowerCase()} function requires ${count} argument(s).`, { line }),
  unknownType: (name: string, line: number) =>
    new SqlError(243, 16, 1, `Type ${name} is not a defined system type.`, { line }),
  unknownColumnType: (column: string, type: string, line: number) =>
    new SqlError(2715, 16, 6, `Column, parameter, or variable #${column}: Cannot find data type ${type}.`, { line }),
  unknownCollation: (name: string) => new SqlError(448, 16, 3, `Invalid collation '${name}'.`),
  operandClash: (left: string, right: string) =>
    new SqlError(206, 16, 2, `Operand type clash: ${left} is incompatible with ${right}`),
  badOperator: (type: string, op: string) =>
    new SqlError(8117, 16, 1, `Operand data type ${type} is invalid for ${op} operator.`),
  explicitNeeded: (from: string, to: string) =>
    new SqlError(529, 16, 2, `Explicit conversion from data type ${from} to ${to} is not allowed.`),
  conversionFailed: (from: string, value: string, to: string) =>
    new SqlError(245, 16, 1, `Conversion failed when converting the ${from} value '${value}' to data type ${to}.`, {
      endsBatch: true,
    }),
  dateConversion: () =>
    new SqlError(241, 16, 1, 'Conversion failed when converting date and/or time from character string.', {
      endsBatch: true,
    }),
  dateRange: (from: string, to: string) =>
    new SqlError(
      242,
      16,
      3,
      `The conversion of a ${from} data type to a ${to} data type resulted in an out-of-range value.`,
    ),
  guidConversion: () =>
    new SqlError(8169, 16, 2, 'Conversion failed when converting from a character string to uniqueidentifier.', {
      endsBatch: true,
    }),
  numericConversion: (from: string, to: string) =>
    new SqlError(8114, 16, 5, `Error converting data type ${from} to ${to}.`, { endsBatch: true }),
  overflow: (what: string, to: string) =>
    new SqlError(8115, 16, 2, `Arithmetic overflow error converting ${what} to data type ${to}.`),
  smallOverflow: (type: string, value: string) =>
    new SqlError(220, 16, 1, `Arithmetic overflow error for data type ${type}, value = ${value}.`),
  badSetValue: (option: string, value: string) =>
    new SqlError(155, 15, 2, `'${value}' is not a recognized ${option} option.`),
  dateFirstRange: (value: string) => new SqlError(2742, 16, 1, `SET DATEFIRST ${value} is out of range.`),
  dateFormatInvalid: (value: string) => new SqlError(2741, 16, 1, `SET DATEFORMAT date order '${value}' is invalid.`),
  unknownLanguage: (name: string) =>
    new SqlError(
      2740,
      16,
      1,
      `SET LANGUAGE failed because '${name}' is not an official language name or a language alias on this SQL Server.`,
    ),
  divideByZero: () => new SqlError(8134, 16, 1, 'Divide by zero error encountered.'),
  invalidLength: (name: string) => new SqlError(537, 16, 3, `Invalid length parameter passed to the ${name} function.`),
  nullInsert: (column: string, table: string, verb: string) =>
    new SqlError(
      515,
      16,
      2,
      `Cannot insert the value NULL into column '${column}', table '${table}'; column does not allow nulls. ${verb} fails.`,
    ),
  truncated: (table: string, column: string, value: string) =>
    new SqlError(
      2628,
      16,
      1,
      `String or binary data would be truncated in table '${table}', column '${column}'. Truncated value: '${value}'.`,
    ),
  duplicateKey: (kind: string, name: string, table: string, value: string) =>
    new SqlError(
      2627,
      14,
      1,
      `Violation of ${kind} constraint '${name}'. Cannot insert duplicate key in object '${table}'. The duplicate key value is (${value}).`,
    ),
  duplicateRow: (index: string, table: string, value: string) =>
    new SqlError(
      2601,
      14,
      1,
      `Cannot insert duplicate key row in object '${table}' with unique index '${index}'. The duplicate key value is (${value}).`,
    ),
  conflict: (verb: string, kind: string, name: string, database: string, table: string, column: string) =>
    new SqlError(
      547,
      16,
      0,
      `The ${verb} statement conflicted with the ${kind} constraint "${name}". The conflict occurred in database "${database}", table "${table}"${column ? `, column '${column}'` : ''}.`,
    ),
  identityInsertOff: (table: string) =>
    new SqlError(
      544,
      16,
      1,
      `Cannot insert explicit value for identity column in table '${table}' when IDENTITY_INSERT is set to OFF.`,
    ),
  identityInsertNeeded: (table: string) =>
    new SqlError(
      545,
      16,
      1,
      `Explicit value must be specified for identity column in table '${table}' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.`,
    ),
  identityUpdate: (column: string) => new SqlError(8102, 16, 1, `Cannot update identity column '${column}'.`),
  computedChange: (column: string) =>
    new SqlError(
      271,
      16,
      1,
      `The column "${column}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
    ),
  timestampInsert: () =>
    new SqlError(
      273,
      16,
      1,
      'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.',
    ),
  outOfMemory: () =>
    new SqlError(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.", {
      endsBatch: true,
    }),
  inconsistent: (database: string) =>
    new SqlError(824, 24, 2, `SQL Server detected a logical consistency-based I/O error in database '${database}'.`),
  stackLimit: () =>
    new SqlError(
      8631,
      17,
      1,
      'Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.',
    ),
  exists: (name: string) => new SqlError(2714, 16, 6, `There is already an object named '${name}' in the database.`),
  tooManyColumns: (table: string, column: string) =>
    new SqlError(
      1702,
      16,
      1,
      `CREATE TABLE failed because column '${column}' in table '${table}' exceeds the maximum of 1024 columns.`,
    ),
  duplicateColumn: (table: string, column: string) =>
    new SqlError(
      2705,
      16,
      4,
      `Column names in each table must be unique. Column name '${column}' in table '${table}' is specified more than once.`,
    ),
  noTargetColumn: (name: string) =>
    new SqlError(1911, 16, 1, `Column name '${name}' does not exist in the target table or view.`),
  notPrepared: () => new SqlError(8180, 16, 1, 'Statement(s) could not be prepared.'),
  userErrorEnds: (spid: number, { number, class: severity, line }: SqlError) =>
    new SqlError(
      2745,
      16,
      2,
      `Process ID ${spid} has raised user error ${number}, severity ${severity}. SQL Server is terminating this process.`,
      { line },
    ),
  constraintNotCreated: () => new SqlError(1750, 16, 1, 'Could not create constraint or index. See previous errors.'),
  databasePrefix: (statement: string) =>
    new SqlError(
      166,
      15,
      1,
      `'${statement}' does not allow specifying the database name as a prefix to the object name.`,
    ),
  cannotDrop: (what: string, name: string) =>
    new SqlError(
      3701,
      what === 'database' ? 11 : 11,
      what === 'database' ? 1 : 5,
      `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`,
    ),
  notAConstraint: (name: string) => {
    const error = new SqlError(3728, 16, 1, `'${name}' is not a constraint.`)
    error.others = [new SqlError(3727, 16, 0, 'Could not drop constraint. See previous errors.')]
    return error
  },
  referenced: (name: string) =>
    new SqlError(3726, 16, 1, `Could not drop object '${name}' because it is referenced by a FOREIGN KEY constraint.`),
  cannotFind: (what: string, name: string, verb = 'find') =>
    new SqlError(
      15151,
      16,
      1,
      `Cannot ${verb} the ${what} '${name}', because it does not exist or you do not have permission.`,
    ),
  noDatabase: (name: string) =>
    new SqlError(911, 16, 1, `Database '${name}' does not exist. Make sure that the name is entered correctly.`),
  databaseExists: (name: string) =>
    new SqlError(1801, 16, 3, `Database '${name}' already exists. Choose a different database name.`),
  databaseInUse: (name: string) =>
    new SqlError(3702, 16, 4, `Cannot drop database "${name}" because it is currently in use.`),
  noAccess: (login: string, database: string) =>
    new SqlError(
      916,
      14,
      1,
      `The server principal "${login}" is not able to access the database "${database}" under the current security context.`,
    ),
  offline: (name: string) => new SqlError(942, 14, 4, `Database '${name}' cannot be opened because it is offline.`),
  noProcedure: (name: string) => new SqlError(2812, 16, 62, `Could not find stored procedure '${name}'.`),
  missingParameter: (procedure: string, parameter: string) =>
    new SqlError(
      201,
      16,
      4,
      `Procedure or function '${procedure}' expects parameter '${parameter}', which was not supplied.`,
      { line: atCall, procedure },
    ),
  tooManyArguments: (procedure: string) =>
    new SqlError(8144, 16, 2, `Procedure or function ${procedure} has too many arguments specified.`, {
      line: atCall,
      procedure,
    }),
  fewArguments: (name: string, state: number, line: number) =>
    new SqlError(
      313,
      16,
      state,
      `An insufficient number of arguments were supplied for the procedure or function ${name}.`,
      { line },
    ),
  manyArguments: (name: string, state: number, line: number) =>
    new SqlError(8144, 16, state, `Procedure or function ${name} has too many arguments specified.`, { line }),
  notAParameter: (parameter: string, procedure: string) =>
    new SqlError(8145, 16, 1, `${parameter} is not a parameter for procedure ${procedure}.`, {
      line: atCall,
      procedure,
    }),
  queryParameterMissing: (query: string, parameter: string) =>
    new SqlError(
      8178,
      16,
      1,
      `The parameterized query '${query.slice(0, 200)}' expects the parameter '${parameter}', which was not supplied.`,
    ),
  noHandle: (handle: number) => new SqlError(8179, 16, 2, `Could not find prepared statement with handle ${handle}.`),
  noCommit: () => new SqlError(3902, 16, 1, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.'),
  noRollback: () =>
    new SqlError(3903, 16, 1, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.'),
  noSave: () => new SqlError(628, 16, 0, 'Cannot issue SAVE TRANSACTION when there is no active transaction.'),
  noSavepoint: (name: string) =>
    new SqlError(6401, 16, 1, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`),
  doomed: () =>
    new SqlError(
      3930,
      16,
      1,
      'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
      { endsBatch: true },
    ),
  tooManyRows: (line: number) =>
    new SqlError(
      10738,
      15,
      1,
      'The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000 row values.',
      { line },
    ),
  tooManyParameters: () =>
    new SqlError(
      8003,
      16,
      1,
      'The incoming request has too many parameters. The server supports a maximum of 2100 parameters. Reduce the number of parameters and resend the request.',
    ),
  countMismatch: (before: number, after: number) =>
    new SqlError(
      266,
      16,
      2,
      `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${after}.`,
    ),
  databaseFull: (object: string, database: string) =>
    object === ''
      ? new SqlError(
          1101,
          17,
          12,
          `Could not allocate a new page for database '${database}' because of insufficient disk space in filegroup 'PRIMARY'. Create the necessary space by dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.`,
          { endsBatch: true },
        )
      : new SqlError(
          1105,
          17,
          2,
          `Could not allocate space for object '${object}' in database '${database}' because the 'PRIMARY' filegroup is full. Create disk space by deleting unneeded files, dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.`,
          { endsBatch: true },
        ),
  lockTimeout: () => new SqlError(1222, 16, 51, 'Lock request time out period exceeded.'),
  deadlock: (spid: number) =>
    new SqlError(
      1205,
      13,
      51,
      `Transaction (Process ID ${spid}) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.`,
      { endsBatch: true },
    ),
  snapshotNotAllowed: (database: string) =>
    new SqlError(
      3952,
      16,
      1,
      `Snapshot isolation transaction failed accessing database '${database}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.`,
    ),
  snapshotConflict: (table: string, database: string) =>
    new SqlError(
      3960,
      16,
      2,
      `Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '${table}' directly or indirectly in database '${database}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.`,
      { endsBatch: true },
    ),
  snapshotChanged: (database: string) =>
    new SqlError(
      3961,
      16,
      1,
      `Snapshot isolation transaction failed in database '${database}' because the object accessed by the statement has been modified by a DDL statement in another concurrent transaction since the start of this transaction.  It is disallowed because the metadata is not versioned. A concurrent update to metadata can lead to inconsistency if mixed with snapshot isolation.`,
      { endsBatch: true },
    ),
  doomedSavepoint: () =>
    new SqlError(
      3931,
      16,
      1,
      'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
    ),
  nesting: () =>
    new SqlError(
      217,
      16,
      1,
      'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
      { endsBatch: true },
    ),
  throwOutside: (line: number) =>
    new SqlError(
      10704,
      15,
      1,
      'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
      { line },
    ),
  mergeTwice: () =>
    new SqlError(
      8672,
      16,
      1,
      'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
    ),
  sizeLimit: (database: string, limitMb: number) =>
    new SqlError(
      1827,
      16,
      2,
      `CREATE DATABASE or ALTER DATABASE failed because the resulting cumulative database size would exceed your licensed limit of ${limitMb} MB per database.`.replace(
        'CREATE DATABASE or ALTER DATABASE',
        `CREATE DATABASE or ALTER DATABASE for '${database}'`,
      ),
    ),
} as const
