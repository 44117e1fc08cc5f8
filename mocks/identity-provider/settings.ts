import { z } from 'zod'
import { certificateSetting } from '../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../harness/host/server-tls.ts'

const name = z.string().min(1).max(256)

export const person = z.strictObject({
  login: name.describe('What she types; the claim preferred_username.'),
  password: z.string().min(1).max(256),
  name: name.optional(),
  email: z.email().optional(),
  sub: name.optional().describe('The claim sub; an opaque id made of issuer and login unless told, as providers do.'),
  claims: z.record(z.string().min(1).max(100), z.string().max(1_000)).default({}).describe('Further claims.'),
})

export const client = z.strictObject({
  clientId: name,
  clientSecret: z.string().min(1).max(512).optional().describe('Without it, a public client.'),
  redirectUris: z.array(z.url()).min(1).max(20).describe('Addresses to which answers are sent, exactly.'),
})

const everybody = [
  { login: 'alice', password: 'Alice-2026!', name: 'Alice Martin', email: 'alice@corp.example' },
  { login: 'bob', password: 'Bob-2026!', name: 'Bob Roy', email: 'bob@corp.example' },
  { login: 'carol', password: 'Carol-2026!', name: 'Carol Petit', email: 'carol@corp.example' },
]

export const identityProviderSettings = z.strictObject({
  httpsPort: z.int().min(1).max(65_535).default(443),
  certificate: certificateSetting,
  tls: serverTlsSetting,
  hostNames: z
    .array(z.string().min(1).max(253))
    .default([])
    .describe('Names in the certificate beside the host’s own, such as login.microsoftonline.com.'),
  issuer: z.url().optional().describe('https://HOST of the component unless told.'),
  people: z.array(person).default(everybody.map((one) => person.parse(one))),
  clients: z.array(client).default([]),
  idTokenSeconds: z.int().min(1).max(86_400).default(3_600),
})

export type Person = z.output<typeof person>
export type Client = z.output<typeof client>
export type IdentityProviderSettings = z.output<typeof identityProviderSettings>
