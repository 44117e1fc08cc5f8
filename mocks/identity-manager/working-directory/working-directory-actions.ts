import { z } from 'zod'
import type { ActionHandlers, ActionTable } from '../../../harness/host/component.ts'
import { rowNames } from './permission-matrix.ts'
import { permissionReport } from './permission-report.ts'
import type { WorkingDirectory } from './working-directory.ts'

/** What a component that has a working directory can be asked. */
export const workingDirectoryActions = {
  'working-directory': {
    summary: 'Tries, as the service account, every access to the working directory that the requirement speaks of.',
    input: z.strictObject({
      rows: z.array(z.enum(rowNames)).max(rowNames.length).optional().describe('Lines of the matrix; all when absent.'),
    }),
    output: permissionReport,
  },
} as const satisfies ActionTable

export const workingDirectoryHandlers = (
  directory: WorkingDirectory,
): ActionHandlers<typeof workingDirectoryActions> => ({
  'working-directory': ({ rows }) => directory.check(rows),
})
