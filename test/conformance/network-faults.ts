/** Faults of the network, as on the command line, without their place. */
export const networkFaults: readonly string[] = [
  'none',
  'drop',
  'drop,lost=answers',
  'reject',
  'reject,with=icmp-port-unreachable',
  'reject,with=icmp-host-unreachable',
  'reject,with=icmp-net-unreachable',
  'reject,with=icmp-admin-prohibited',
  'reset',
  'reset,afterBytes=20',
  'cut,with=rst,afterBytes=40',
  'cut,with=fin,afterBytes=40',
  'cut,with=silence,afterBytes=40',
  'stall',
  'delay,delayMs=5',
  'rate,bytesPerSecond=1000000',
]

/** What both engines need for it, where that is not to be had everywhere. */
export const needsPackets = (fault: string): boolean => /icmp-(host|net|admin)/.test(fault)
