import { z } from 'zod'
import type { ActionTable } from '../../harness/host/component.ts'
import { wrongAnswer } from './faults.ts'
import { domainName, recordInput, recordTypes } from './zone/record.ts'

const zoneRecord = z.strictObject({
  name: z.string(),
  type: z.enum([...recordTypes, 'NS']),
  data: z.string(),
  ttlSeconds: z.int(),
})
const changed = z.strictObject({ serial: z.int() })
const ordered = z.strictObject({ wrong: z.array(wrongAnswer) })

export const dnsServerActions = {
  'add-record': {
    summary: 'Adds a record to the zone. A CNAME takes the place of what is at its name; an A stands beside others.',
    input: recordInput,
    output: changed.extend({ record: zoneRecord }),
  },
  'set-record': {
    summary: 'The record takes the place of everything at its name: a stale address, a name that leads elsewhere.',
    input: recordInput,
    output: changed.extend({ record: zoneRecord }),
  },
  'remove-record': {
    summary: 'Takes away what is at a name, or its records of one type. Repeatable.',
    input: z.strictObject({ name: domainName, type: z.enum(recordTypes).optional() }),
    output: changed.extend({ removed: z.int() }),
  },
  records: {
    summary: 'The zone, or what it has at a name. An A record of a host has the host’s name.',
    input: z.strictObject({ name: domainName.optional() }),
    output: z.strictObject({ zone: z.string(), serial: z.int(), records: z.array(zoneRecord) }),
  },
  'answer-wrongly': {
    summary: 'Answers questions for a name, or all, wrongly or not at all. One order for a name replaces the last.',
    input: wrongAnswer,
    output: ordered,
  },
  'answer-rightly': {
    summary: 'Ends wrong answers for a name, of an order, or all.',
    input: z.strictObject({ name: domainName.optional(), order: z.string().optional() }),
    output: ordered,
  },
} as const satisfies ActionTable
