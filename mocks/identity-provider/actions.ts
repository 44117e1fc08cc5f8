import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { client, person } from './settings.ts'

const people = z.strictObject({
  people: z.array(z.strictObject({ login: z.string(), sub: z.string(), name: z.string().optional() })),
})
const clients = z.strictObject({
  clients: z.array(z.strictObject({ clientId: z.string(), redirectUris: z.array(z.string()) })),
})

export const identityProviderActions = {
  'set-person': { summary: 'Makes a person, or changes all of her. Repeatable.', input: person, output: people },
  'remove-person': {
    summary: 'Takes a person away. Repeatable.',
    input: z.strictObject({ login: z.string() }),
    output: people,
  },
  people: { summary: 'Who can log in.', input: z.strictObject({}), output: people },
  'set-client': {
    summary: 'Registers an application, or changes its secret and addresses. Repeatable.',
    input: client,
    output: clients,
  },
  'remove-client': {
    summary: 'Takes an application away. Repeatable.',
    input: z.strictObject({ clientId: z.string() }),
    output: clients,
  },
  'rotate-keys': {
    summary: 'Signs with a new key from now on; the old one is published no more.',
    input: z.strictObject({}),
    output: z.strictObject({ keyId: z.string() }),
  },
} as const satisfies ActionTable
