import { describe, expect, test } from 'vitest'
import { nft } from '../../../harness/network/apply-ruleset.ts'
import { inNamespace } from '../../../harness/network/own-namespace.ts'
import { PacketFilter } from '../../../harness/network/packet-filter.ts'
import { run } from '../../support/programs.ts'

const why = nft() === undefined ? 'no nft here' : inNamespace() ? '' : 'no network namespace of our own'

describe.skipIf(why !== '')(`the packet filter of a namespace${why && ` (skipped: ${why})`}`, () => {
  const table = `filter_test_${process.pid}`
  // Without a hook it acts on nobody's packets.
  const script = (...rules: readonly string[]) =>
    [
      `table inet ${table} {}`,
      `delete table inet ${table}`,
      `table inet ${table} {`,
      '  chain one {',
      ...rules.map((rule) => `    ${rule}`),
      '  }',
      '}',
      '',
    ].join('\n')
  const standing = async () => (await run(nft() ?? 'nft', ['list', 'table', 'inet', table])).stdout
  const drops = (port: number) => `ip saddr { 10.1.0.1, 127.0.0.0/8 } tcp dport ${port} drop`

  test('a script takes the place of the one before, also when many come at once', async () => {
    await using filter = new PacketFilter()
    await filter.apply(script(drops(81)))
    expect(await standing()).toContain('tcp dport 81 drop')
    await Promise.all([82, 83, 84].map((port) => filter.apply(script(drops(port)))))
    expect(await standing()).not.toMatch(/dport 8[123]/)
    expect(await standing()).toContain('tcp dport 84 drop')
  })

  test('one that is wrong changes nothing and says why, and the next one is in force', async () => {
    await using filter = new PacketFilter()
    await filter.apply(script(drops(85)))
    await expect(filter.apply(script(drops(86), 'tcp dport nonsense drop'))).rejects.toThrow(
      /nftables does not work in this network namespace: .*nonsense/s,
    )
    expect(await standing()).toContain('tcp dport 85 drop')
    await filter.apply(script(drops(87)))
    expect(await standing()).toContain('tcp dport 87 drop')
  })
})
