import { z } from 'zod'
import { MAX_BODY_BYTES } from './agent-api.ts'

/** Compact JWE (RFC 7516 section 7.1): five base64url parts. */
const jwe = z
  .string()
  .max(MAX_BODY_BYTES)
  .regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/)
const certificate = z.string().min(1).max(16_384).describe('X.509, PEM')
const name = z.string().min(1).max(128)
const identifier = z.string().min(1).max(64)
/** A file's own name, without a folder. */
const fileName = z
  .string()
  .max(128)
  .regex(/^\w[\w.-]*$/)

export const sessionRequest = z.strictObject({
  agentIdentifier: identifier,
  applicationUri: z.string().min(1).max(500).describe('The server’s address as the agent’s ApplicationUri has it.'),
  encryptionCertificate: certificate.describe('The server encrypts orders for it.'),
})
export type SessionRequest = z.output<typeof sessionRequest>

export const sessionAnswer = z.object({
  applicationUri: z.string().max(500),
  encryptionCertificate: certificate.describe('Agents encrypt what they send for it.'),
})
export type SessionAnswer = z.output<typeof sessionAnswer>

export const collection = z.strictObject({
  agentIdentifier: identifier,
  connector: name,
  entityType: name,
  mode: z.enum(['complete', 'incremental']),
  fileName,
  rows: z.int().min(0).max(10_000_000),
  content: jwe.describe('The CSV file, encrypted with the server’s public key.'),
})
export type Collection = z.output<typeof collection>

export const collectionAnswer = z.object({
  rows: z.int().min(0).describe('Rows that the server has read from the file.'),
  storedAs: z.string().max(500).describe('Below Work/Synchronization, encrypted with the server’s own key again.'),
})
export type CollectionAnswer = z.output<typeof collectionAnswer>

/** What a provisioning order says, once decrypted. */
export const provisioningOrder = z.object({
  id: identifier,
  connector: name,
  resourceType: name,
  changeType: z.enum(['Added', 'Modified', 'Deleted']),
  resource: name,
  changes: z.record(name, z.string().max(4_000)),
})
export type ProvisioningOrder = z.output<typeof provisioningOrder>

export const orderList = z.object({
  orders: z
    .array(z.object({ id: identifier, content: jwe.describe('A `provisioningOrder`, encrypted for the agent.') }))
    .max(1_000),
})
export type OrderList = z.output<typeof orderList>

export const orderReport = z.strictObject({
  agentIdentifier: identifier,
  results: z
    .array(
      z.strictObject({
        id: identifier,
        state: z.enum(['Executed', 'Error']),
        message: z.string().max(2_000).optional(),
      }),
    )
    .min(1)
    .max(1_000),
})
export type OrderReport = z.output<typeof orderReport>

export const jobReport = z.strictObject({
  agentIdentifier: identifier,
  job: name,
  instance: identifier,
  state: z.enum(['Started', 'Completed', 'Errored']),
  message: z.string().max(2_000).optional(),
})
export type JobReport = z.output<typeof jobReport>

/** `accepted` counts the results that the server had been waiting for. */
export const reportAnswer = z.object({ accepted: z.int().min(0) })
export type ReportAnswer = z.output<typeof reportAnswer>

/** A short-lived JWT that the server signs for the user who is logged in, and the agents that take it. */
export const browserTicket = z.object({
  ticket: z.string().max(8_192),
  expiresIn: z.int().min(1).describe('Seconds.'),
  agents: z.array(z.object({ identifier, uri: z.string().max(500) })).max(100),
})
export type BrowserTicket = z.output<typeof browserTicket>
