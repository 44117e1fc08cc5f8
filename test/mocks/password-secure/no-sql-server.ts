import { z } from 'zod'
import { defineComponent } from '../../../harness/host/component.ts'

/** A SQL Server that is switched off. */
export const noSqlServer = defineComponent({
  kind: 'sql-server',
  summary: 'nothing listens',
  settings: z.strictObject({}),
  references: {},
  actions: {
    'create-login': {
      summary: '',
      input: z.strictObject({ name: z.string(), password: z.string(), roles: z.array(z.string()) }),
      output: z.strictObject({}),
    },
  },
  flows: [],
  listens: () => [{ id: 'tds', port: 1433, protocol: 'tcp', tls: 'in-protocol', purpose: '' }],
  start: async () => ({ actions: { 'create-login': () => ({}) }, [Symbol.asyncDispose]: async () => {} }),
})
