import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { accountDeclaration, accountState, groupName } from './declaration.ts'

const done = z.strictObject({ ok: z.literal(true) })
const byName = z.strictObject({ name: z.string().min(1).max(64) })
const membership = z.strictObject({ group: groupName, member: z.string().min(1).max(64) })

export const directoryActions = {
  'set-account': {
    summary: 'Makes an account, or gives an existing one this password, state and these groups. Repeatable.',
    input: accountDeclaration,
    output: done,
  },
  'change-account': {
    summary: 'Changes the password or state of an account: disabled, locked, expired, …',
    input: byName
      .extend({ password: z.string().max(128) })
      .extend(accountState)
      .partial()
      .required({ name: true }),
    output: z.strictObject({ changed: z.boolean() }),
  },
  'remove-account': {
    summary: 'Deletes an account; one of the same name made later is another (new SID). Repeatable.',
    input: byName,
    output: done,
  },
  'join-group': { summary: 'Puts an account or a group into a group. Repeatable.', input: membership, output: done },
  'leave-group': {
    summary: 'Takes an account or a group out of a group. Repeatable.',
    input: membership,
    output: done,
  },
  accounts: {
    summary: 'The accounts with their state and all their groups; without passwords.',
    input: z.strictObject({}),
    output: z.strictObject({
      accounts: z.array(z.strictObject({ name: z.string(), ...accountState, groups: z.array(z.string()) })),
    }),
  },
} as const satisfies ActionTable
