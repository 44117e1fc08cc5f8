import { z } from 'zod'
import type { KindDescription } from '../../../harness/landscape/kind.ts'

/** Three small kinds that together use every feature of the model. */
const database: KindDescription = {
  kind: 'database',
  summary: 'A database server',
  settings: z.object({
    edition: z.enum(['express', 'standard']).default('express'),
    port: z.int().min(1).max(65535).default(1433),
  }),
  references: {},
  flows: [],
  listens: ({ port }) => [{ id: 'sql', port: Number(port), protocol: 'tcp', tls: 'in-protocol', purpose: 'SQL' }],
}

const appServer: KindDescription = {
  kind: 'shop/app-server',
  summary: 'The shop’s business logic',
  settings: z.object({
    limits: z
      .object({ users: z.int().min(1).default(10) })
      .strict()
      .prefault({}),
    secret: z.string().default('hidden'),
    backup: z.boolean().default(true),
  }),
  references: {
    database: { kind: 'database', summary: 'where the data is' },
    mail: { kind: 'mail', summary: 'where mails go', optional: true },
  },
  flows: [
    {
      id: 'app-to-database',
      from: 'shop/app-server',
      to: 'database',
      listen: 'sql',
      purpose: 'data',
      sources: [
        { type: 'requirement', document: 'install.md', line: 'Application server › Port 1433', side: 'from' },
        { type: 'requirement', document: 'install.md', line: 'Database › Port 1433', side: 'to' },
      ],
    },
    {
      id: 'backup',
      from: 'shop/app-server',
      to: 'shop/app-server',
      listen: 'backup',
      purpose: 'backup',
      sameHost: true,
      sources: [{ type: 'vendor', fact: '1.1' }],
    },
  ],
  listens: ({ backup }) => [
    { id: 'client', port: 11011, protocol: 'tcp', tls: 'implicit', purpose: 'clients' },
    ...(backup === true
      ? [{ id: 'backup', port: 11014, protocol: 'tcp', tls: 'none', purpose: 'backup' } as const]
      : []),
  ],
}

const webServer: KindDescription = {
  kind: 'web-server',
  summary: 'A web server',
  settings: z
    .object({
      kind: z.enum(['iis', 'nginx', 'apache']).default('nginx'),
      threads: z.int().default(4),
      spare: z.int().default(0),
    })
    .refine(({ threads, spare }) => spare <= threads, { message: 'Must not exceed threads', path: ['spare'] }),
  references: { apps: { kind: 'shop/app-server', summary: 'what it stands before', many: true } },
  flows: [
    {
      id: 'iis-to-app',
      from: 'web-server',
      to: 'shop/app-server',
      listen: 'client',
      purpose: 'login',
      when: { from: { kind: 'iis' } },
      sources: [{ type: 'requirement', document: 'install.md', line: 'Application server › Port 11011', side: 'to' }],
    },
  ],
  listens: () => [{ id: 'https', port: 443, protocol: 'tcp', tls: 'implicit', purpose: 'web' }],
}

const client: KindDescription = {
  kind: 'shop/client',
  summary: 'A client',
  settings: z.object({}),
  references: { server: { kind: 'shop/app-server', summary: 'its server' } },
  flows: [
    {
      id: 'client-to-app',
      from: 'shop/client',
      to: 'shop/app-server',
      listen: 'client',
      purpose: 'clients',
      sources: [
        { type: 'requirement', document: 'install.md', line: 'Client › Port 11011', side: 'from' },
        { type: 'requirement', document: 'install.md', line: 'Application server › Port 11011', side: 'to' },
      ],
    },
    {
      id: 'client-to-web',
      from: 'shop/client',
      to: 'web-server',
      listen: 'https',
      purpose: 'web',
      sources: [{ type: 'assumed', why: 'people use browsers' }],
    },
  ],
  listens: () => [],
}

/** Two kinds that need each other. */
const chicken: KindDescription = {
  kind: 'chicken',
  summary: 'Comes from an egg',
  settings: z.object({}),
  references: { from: { kind: 'egg', summary: 'its egg' } },
  flows: [],
  listens: () => [],
}
const egg: KindDescription = {
  kind: 'egg',
  summary: 'Comes from a chicken',
  settings: z.object({}),
  references: { by: { kind: 'chicken', summary: 'its chicken', optional: true } },
  flows: [],
  listens: () => [],
}

export const sampleKinds: readonly KindDescription[] = [database, appServer, webServer, client, chicken, egg]
