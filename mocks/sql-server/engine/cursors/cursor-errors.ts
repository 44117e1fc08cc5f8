import { SqlError } from '../sql-error.ts'

/** The errors of cursors, as sys.messages has them. */
export const cursorErrors = {
  alreadyOpen: () => new SqlError(16905, 16, 1, 'The cursor is already open.'),
  forwardOnly: (direction: string) =>
    new SqlError(
      16911,
      16,
      1,
      `fetch: The fetch type ${direction.toLowerCase()} cannot be used with forward only cursors.`,
    ),
  exists: (name: string) => new SqlError(16915, 16, 1, `A cursor with the name '${name}' already exists.`),
  missing: (name: string) => new SqlError(16916, 16, 1, `A cursor with the name '${name}' does not exist.`),
  notOpen: () => new SqlError(16917, 16, 2, 'Cursor is not open.'),
  conversion: (from: string, to: string) =>
    new SqlError(16922, 16, 1, `Cursor Fetch: Implicit conversion from data type ${from} to ${to} is not allowed.`),
  variableCount: () =>
    new SqlError(
      16924,
      16,
      1,
      'Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.',
    ),
  dynamicAbsolute: () =>
    new SqlError(16925, 16, 1, 'The fetch type FETCH_ABSOLUTE cannot be used with dynamic cursors.'),
  readOnly: () => new SqlError(16929, 16, 1, 'The cursor is READ ONLY.'),
  noRow: () => new SqlError(16931, 16, 1, 'There are no rows in the current fetch buffer.'),
  notItsTable: () =>
    new SqlError(
      16933,
      16,
      1,
      'The cursor does not include the table being modified or the table is not updatable through the cursor.',
    ),
  nothingChanged: () => new SqlError(16947, 16, 1, 'No rows were updated or deleted.'),
  noCursor: (variable: string) =>
    new SqlError(16950, 16, 2, `The variable '${variable}' does not currently have a cursor allocated to it.`),
} as const
