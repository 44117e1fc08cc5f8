import { z } from 'zod'
import { recordInput } from './zone/record.ts'

export const dnsServerSettings = z.strictObject({
  port: z.int().min(1).max(65_535).default(53).describe('UDP and TCP'),
  zone: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The zone that it is authoritative for; the landscape’s domain when absent.'),
  records: z
    .array(recordInput)
    .max(10_000)
    .default([])
    .describe('Further records. One of a host’s own name stands in place of what the host would have.'),
  ttlSeconds: z.int().min(0).max(2_147_483_647).default(3_600),
  maxUdpBytes: z
    .int()
    .min(512)
    .max(4_096)
    .default(1_232)
    .describe('The largest UDP answer to who announces more (EDNS); beyond it the answer is truncated.'),
  maxTcpConnections: z.int().min(1).max(10_000).default(150).describe('Beyond them a connection is closed at once.'),
  tcpIdleMs: z.int().min(10).max(3_600_000).default(10_000).describe('A connection that is idle so long is closed.'),
})
