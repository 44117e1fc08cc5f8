import { z } from 'zod'
import { parseCrontab } from './jobs/crontab.ts'

/** What an administrator decides about an agent's work, wherever its process is. */
export const agentWorkSettings = {
  agentAppsettings: z
    .record(z.string(), z.json())
    .default({})
    .describe('Merged into appsettings.agent.json; null takes a key out.'),
  agentAppsettingsText: z.string().max(100_000).optional().describe('The whole appsettings.agent.json as text.'),
  sources: z
    .record(z.string().regex(/^C:\/[\w./ -]{1,200}$/), z.string().max(1_000_000))
    .default({
      'C:/Sources/HR/employees.csv':
        'EmployeeId;LastName;FirstName;Mail\n1;Arnold;Alice;alice@corp.example\n2;Berger;Bob;bob@corp.example\n3;Chen;Carol;carol@corp.example\n',
    })
    .describe('Files that managed systems have put on this host.'),
  jobs: z
    .record(
      z.string().min(1).max(128),
      z
        .array(z.enum(['Export', 'Synchronise', 'Fulfill']))
        .min(1)
        .max(20),
    )
    .default({ Complete: ['Export', 'Synchronise', 'Fulfill'] })
    .describe('Jobs and the tasks of each, which the server’s configuration would hold.'),
  schedules: z
    .record(
      z.string().min(1).max(128),
      z
        .string()
        .max(200)
        .superRefine((text, issues) => {
          const read = parseCrontab(text)
          if (typeof read === 'string') issues.addIssue({ code: 'custom', message: read })
        }),
    )
    .default({})
    .describe('Job → its CronTabExpression: minute hour day month weekday, in UTC. The scheduler launches it then.'),
} as const
