import { wrongAnswers } from '../../harness/landscape/fault.ts'

/** Faults of the network, as on the command line, without their place. */
export const networkFaults: readonly string[] = [
  'none',
  'closed',
  'open',
  'drop',
  'drop,lost=answers',
  'reject',
  'reject,with=rst',
  'reject,with=icmp-port-unreachable',
  'reset',
  'reset,afterBytes=20',
  'cut,with=rst,afterBytes=40',
  'cut,with=fin,afterBytes=40',
  'cut,with=silence,afterBytes=40',
  'stall',
  'delay,delayMs=5',
  'rate,bytesPerSecond=1000000',
  'cut-site,site=servers',
  'distrust,root=landscape',
  'distrust,root=public',
]

/** What an answer that leads elsewhere needs. */
const elsewhere: Partial<Record<(typeof wrongAnswers)[number], string>> = {
  address: ',data=license1',
  alias: ',data=license1.corp.example',
}

/** Faults of the name server that clients ask. */
export const nameFaults: readonly string[] = wrongAnswers.map(
  (answer) => `dns-answer,answer=${answer}${elsewhere[answer] ?? ''}`,
)

/** Those that the embedded engine shows in a network namespace of its own only. */
export const icmpFaults: readonly string[] = [
  'reject,with=icmp-host-unreachable',
  'reject,with=icmp-net-unreachable',
  'reject,with=icmp-admin-prohibited',
]
