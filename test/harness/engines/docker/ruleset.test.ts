import { expect, test } from 'vitest'
import { rulesetOf } from '../../../../harness/engines/docker/inside/ruleset.ts'
import { isTrafficFault } from '../../../../harness/landscape/fault.ts'
import { parseInjectedFault } from '../../../../harness/landscape/index.ts'
import { loadLandscape } from '../../../../harness/standard.ts'

async function rulesOf(
  host: string,
  faults: readonly string[],
  firewall: 'reject' | 'drop' = 'reject',
): Promise<string> {
  const landscape = await loadLandscape('password-secure')
  const addresses = Object.fromEntries(landscape.hosts.map(({ name }, index) => [name, `198.18.0.${index + 2}`]))
  return rulesetOf({
    landscape: { ...landscape, firewallDefault: firewall },
    ...{ host, addresses, gateway: '198.18.0.1', subnet: '198.18.0.0/24' },
    faults: faults.map(parseInjectedFault).filter(isTrafficFault),
  })
}

test('lets in what the documented flows let in, and refuses the rest', async () => {
  expect(await rulesOf('sql1', [])).toMatchInlineSnapshot(`
    "table inet landscape {}
    delete table inet landscape
    table inet landscape {
      chain arriving {
        type filter hook input priority 0; policy accept;
        ip saddr 198.18.0.1 tcp dport 7 accept
        iif lo accept
        ct state established,related accept
        ip protocol icmp accept
        ip saddr 198.18.0.1 accept
        ip saddr 198.18.0.3 tcp dport 1433 accept
        meta l4proto tcp reject with tcp reset
        meta l4proto udp reject with icmpx type port-unreachable
      }
      chain leaving {
        type filter hook output priority 0; policy accept;
        oif lo accept
        ip daddr 198.18.0.0/24 accept
        reject with icmpx type no-route
      }
    }
    "
  `)
})

test('a fault stands before what it takes, the silent before the loud, for its own host only', async () => {
  const rules = await rulesOf('app1', [
    'reject:from=client1,to=app1,port=11018',
    'drop:to=app1,port=11018,protocol=tcp',
    'drop:from=app1,to=sql1,port=1433',
    'open:from=mail1,to=app1,port=11011',
    'delay:from=client1,to=app1,delayMs=5',
  ])
  const faults = rules.split('\n').filter((line) => /11018|198\.18\.0\.6/.test(line))
  expect(faults.map((line) => line.trim())).toMatchInlineSnapshot(`
    [
      "tcp dport 11018 drop",
      "ip saddr { 198.18.0.7 } tcp dport 11018 meta l4proto tcp reject with tcp reset",
      "ip saddr { 198.18.0.7 } udp dport 11018 meta l4proto udp reject with icmpx type port-unreachable",
      "ip saddr { 198.18.0.6 } tcp dport 11011 accept",
      "ip saddr { 198.18.0.6 } udp dport 11011 accept",
      "ip saddr 198.18.0.7 tcp dport 11018 accept",
      "ip saddr 198.18.0.8 tcp dport 11018 accept",
      "ip saddr 198.18.0.4 tcp dport 11018 accept",
    ]
  `)
})

test('a firewall that drops says nothing', async () => {
  const rules = await rulesOf('sql1', [], 'drop')
  expect(rules).not.toContain('tcp reset')
  expect(rules).toMatch(/ {4}drop\n {2}\}/)
})

test("a host's faults towards itself meet its own loopback, and never the harness", async () => {
  const rules = await rulesOf('app1', ['drop:from=app1,to=app1'])
  const lines = rules.split('\n').map((line) => line.trim())
  expect(lines.indexOf('ip saddr 198.18.0.1 tcp dport 7 accept')).toBeLessThan(
    lines.indexOf('ip saddr { 198.18.0.3, 127.0.0.0/8 } meta l4proto tcp drop'),
  )
  expect(lines.indexOf('ip saddr { 198.18.0.3, 127.0.0.0/8 } meta l4proto tcp drop')).toBeLessThan(
    lines.indexOf('iif lo accept'),
  )
})
