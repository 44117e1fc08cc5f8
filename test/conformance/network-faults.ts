/** Faults of the network, as on the command line, without their place. */
export const networkFaults: readonly string[] = [
  'none',
  'drop',
  'drop,lost=answers',
  'reject',
  'reject,with=icmp-port-unreachable',
  'reset',
  'reset,afterBytes=20',
  'cut,with=rst,afterBytes=40',
  'cut,with=fin,afterBytes=40',
  'cut,with=silence,afterBytes=40',
  'stall',
  'delay,delayMs=5',
  'rate,bytesPerSecond=1000000',
]

/** Those that the embedded engine shows in a network namespace of its own only. */
export const icmpFaults: readonly string[] = [
  'reject,with=icmp-host-unreachable',
  'reject,with=icmp-net-unreachable',
  'reject,with=icmp-admin-prohibited',
]
