import { z } from 'zod'

/** The backup service (PsrBackupService): it needs sysadmin at SQL Server, and writes on the SQL server’s own disk. */
export const backupSettings = {
  backupService: z.boolean().default(true).describe('Runs PsrBackupService; its SQL login needs sysadmin.'),
  backupPath: z
    .string()
    .min(1)
    .max(400)
    .default('PasswordSecure.bak')
    .describe('A file on the SQL server; without a folder, in its standard backup folder.'),
  scheduleFailuresAllowed: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('Failures in a row that deactivate the schedule.'),
}
