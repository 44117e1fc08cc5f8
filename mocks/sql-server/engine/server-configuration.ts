/** The server's options as sp_configure and sys.configurations tell them. They are told and kept, and change nothing else. */

export interface ConfigurationOption {
  readonly id: number
  readonly name: string
  readonly minimum: number
  readonly maximum: number
  readonly standard: number
  /** False for those that wait for a restart. */
  readonly dynamic: boolean
  readonly advanced: boolean
}

const most = 2_147_483_647
const table: readonly (readonly [number, string, number, number, number, 0 | 1, 0 | 1])[] = [
  [101, 'recovery interval (min)', 0, 32_767, 0, 1, 1],
  [102, 'allow updates', 0, 1, 0, 1, 0],
  [103, 'user connections', 0, 32_767, 0, 0, 1],
  [106, 'locks', 5000, most, 0, 0, 1],
  [107, 'open objects', 0, most, 0, 0, 1],
  [109, 'fill factor (%)', 0, 100, 0, 0, 1],
  [114, 'disallow results from triggers', 0, 1, 0, 1, 1],
  [115, 'nested triggers', 0, 1, 1, 1, 0],
  [116, 'server trigger recursion', 0, 1, 1, 1, 0],
  [117, 'remote access', 0, 1, 1, 0, 0],
  [124, 'default language', 0, 9999, 0, 1, 0],
  [400, 'cross db ownership chaining', 0, 1, 0, 1, 0],
  [503, 'max worker threads', 128, 65_535, 0, 1, 1],
  [505, 'network packet size (B)', 512, 32_767, 4096, 1, 1],
  [518, 'show advanced options', 0, 1, 0, 1, 0],
  [542, 'remote proc trans', 0, 1, 0, 1, 0],
  [544, 'c2 audit mode', 0, 1, 0, 0, 1],
  [1126, 'default full-text language', 0, most, 1033, 1, 1],
  [1127, 'two digit year cutoff', 1753, 9999, 2049, 1, 1],
  [1505, 'index create memory (KB)', 704, most, 0, 1, 1],
  [1517, 'priority boost', 0, 1, 0, 0, 1],
  [1519, 'remote login timeout (s)', 0, most, 10, 1, 0],
  [1520, 'remote query timeout (s)', 0, most, 600, 1, 0],
  [1531, 'cursor threshold', -1, most, -1, 1, 1],
  [1532, 'set working set size', 0, 1, 0, 0, 1],
  [1534, 'user options', 0, 32_767, 0, 1, 0],
  [1535, 'affinity mask', -2_147_483_648, most, 0, 1, 1],
  [1536, 'max text repl size (B)', -1, most, 65_536, 1, 0],
  [1537, 'media retention', 0, 365, 0, 1, 1],
  [1538, 'cost threshold for parallelism', 0, 32_767, 5, 1, 1],
  [1539, 'max degree of parallelism', 0, 32_767, 0, 1, 1],
  [1540, 'min memory per query (KB)', 512, most, 1024, 1, 1],
  [1541, 'query wait (s)', -1, most, -1, 1, 1],
  [1543, 'min server memory (MB)', 0, most, 0, 1, 1],
  [1544, 'max server memory (MB)', 128, most, most, 1, 1],
  [1545, 'query governor cost limit', 0, most, 0, 1, 1],
  [1546, 'lightweight pooling', 0, 1, 0, 0, 1],
  [1547, 'scan for startup procs', 0, 1, 0, 0, 1],
  [1549, 'affinity64 mask', -2_147_483_648, most, 0, 1, 1],
  [1550, 'affinity I/O mask', -2_147_483_648, most, 0, 0, 1],
  [1551, 'affinity64 I/O mask', -2_147_483_648, most, 0, 0, 1],
  [1555, 'transform noise words', 0, 1, 0, 1, 1],
  [1556, 'precompute rank', 0, 1, 0, 1, 1],
  [1557, 'PH timeout (s)', 1, 3600, 60, 1, 1],
  [1562, 'clr enabled', 0, 1, 0, 1, 0],
  [1563, 'max full-text crawl range', 0, 256, 4, 1, 1],
  [1564, 'ft notify bandwidth (min)', 0, 32_767, 0, 1, 1],
  [1565, 'ft notify bandwidth (max)', 0, 32_767, 100, 1, 1],
  [1566, 'ft crawl bandwidth (min)', 0, 32_767, 0, 1, 1],
  [1567, 'ft crawl bandwidth (max)', 0, 32_767, 100, 1, 1],
  [1568, 'default trace enabled', 0, 1, 1, 1, 1],
  [1569, 'blocked process threshold (s)', 0, 86_400, 0, 1, 1],
  [1570, 'in-doubt xact resolution', 0, 2, 0, 1, 1],
  [1576, 'remote admin connections', 0, 1, 0, 1, 0],
  [1577, 'common criteria compliance enabled', 0, 1, 0, 0, 1],
  [1578, 'EKM provider enabled', 0, 1, 0, 1, 1],
  [1579, 'backup compression default', 0, 1, 0, 1, 0],
  [1580, 'filestream access level', 0, 2, 0, 1, 0],
  [1581, 'optimize for ad hoc workloads', 0, 1, 0, 1, 1],
  [1582, 'access check cache bucket count', 0, 65_536, 0, 1, 1],
  [1583, 'access check cache quota', 0, most, 0, 1, 1],
  [1584, 'backup checksum default', 0, 1, 0, 1, 0],
  [1585, 'automatic soft-NUMA disabled', 0, 1, 0, 0, 1],
  [1586, 'external scripts enabled', 0, 1, 0, 1, 0],
  [1587, 'clr strict security', 0, 1, 1, 1, 1],
  [1588, 'column encryption enclave type', 0, 2, 0, 0, 0],
  [1589, 'tempdb metadata memory-optimized', 0, 1, 0, 0, 1],
  [1591, 'ADR cleaner retry timeout (min)', 0, 32_767, 15, 1, 1],
  [1592, 'ADR Preallocation Factor', 0, 32_767, 4, 1, 1],
  [16_384, 'Agent XPs', 0, 1, 0, 1, 1],
  [16_386, 'Database Mail XPs', 0, 1, 0, 1, 1],
  [16_387, 'SMO and DMO XPs', 0, 1, 1, 1, 1],
  [16_388, 'Ole Automation Procedures', 0, 1, 0, 1, 1],
  [16_390, 'xp_cmdshell', 0, 1, 0, 1, 1],
  [16_391, 'Ad Hoc Distributed Queries', 0, 1, 0, 1, 1],
  [16_392, 'Replication XPs', 0, 1, 0, 1, 1],
  [16_393, 'contained database authentication', 0, 1, 0, 1, 0],
  [16_394, 'hadoop connectivity', 0, 7, 0, 0, 0],
  [16_395, 'polybase network encryption', 0, 1, 1, 0, 0],
  [16_396, 'remote data archive', 0, 1, 0, 1, 0],
  [16_397, 'allow polybase export', 0, 1, 0, 1, 0],
  [16_398, 'allow filesystem enumeration', 0, 1, 1, 1, 1],
  [16_399, 'polybase enabled', 0, 1, 0, 1, 0],
]

export const configurationOptions: readonly ConfigurationOption[] = table.map(
  ([id, name, minimum, maximum, standard, dynamic, advanced]) => ({
    ...{ id, name, minimum, maximum, standard },
    dynamic: dynamic === 1,
    advanced: advanced === 1,
  }),
)

/** What is set, and what runs since the last RECONFIGURE. */
export class ServerConfiguration {
  readonly #set = new Map<number, number>()
  readonly #running = new Map<number, number>()

  value(option: ConfigurationOption): number {
    return this.#set.get(option.id) ?? option.standard
  }

  running(option: ConfigurationOption): number {
    return this.#running.get(option.id) ?? option.standard
  }

  set(option: ConfigurationOption, value: number): void {
    this.#set.set(option.id, value)
  }

  reconfigure(): void {
    for (const option of configurationOptions) if (option.dynamic) this.#running.set(option.id, this.value(option))
  }
}
