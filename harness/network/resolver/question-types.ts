/** The types of records that can be asked for. */
export const questionTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const
export type QuestionType = (typeof questionTypes)[number]
