import { describe, expect, test } from 'vitest'
import { missing, run } from '../../support/programs.ts'
import { dnsLab } from './lab.ts'

const noDig = missing('dig')
const noHost = missing('host', 'nslookup')
const noDelv = missing('delv')

const short = ['+noall', '+answer'] as const
const fields = (line: string) => line.trim().split(/\s+/)
const status = (output: string) => /status: (\w+)/.exec(output)?.[1]
const flags = (output: string) => /flags: ([a-z ]*);/.exec(output)?.[1]?.split(' ')

describe.skipIf(noDig)(`dig${noDig ?? ''}`, () => {
  test.for([['+notcp'], ['+tcp'], ['+noedns'], ['+bufsize=512'], ['+dnssec'], ['+cookie', '+nsid']])(
    'sees the alias and the address that the asking host sees, %j',
    async (options) => {
      await using names = await dnsLab()
      const seen = await names.addressOf('agent1', 'im1')
      expect(seen).not.toBe(await names.addressOf('dns1', 'im1'))
      const { stdout } = await names.dig('agent1', ...options, ...short, 'identity.corp.example')
      expect(stdout.trim().split('\n').map(fields)).toEqual([
        ['identity.corp.example.', '3600', 'IN', 'CNAME', 'im1.corp.example.'],
        ['im1.corp.example.', '3600', 'IN', 'A', seen],
      ])
    },
  )

  test('finds names in any case, and is told them in its own', async () => {
    await using names = await dnsLab()
    const { stdout } = await names.dig('agent1', '+qr', 'IDENTITY.Corp.example')
    expect(stdout).toContain(';IDENTITY.Corp.example.')
    expect(stdout).toMatch(/^IDENTITY\.Corp\.example\.\s+3600\s+IN\s+CNAME\s+im1\.corp\.example\.$/m)
    expect(stdout).not.toContain(';; Question section mismatch')
  })

  test('is told of the zone itself', async () => {
    await using names = await dnsLab()
    const soa = await names.dig('agent1', '+short', 'corp.example', 'SOA')
    expect(soa.stdout).toBe('dns1.corp.example. hostmaster.corp.example. 1 900 600 86400 3600\n')
    const ns = await names.dig('agent1', '+noall', '+answer', '+additional', 'corp.example', 'NS')
    expect(ns.stdout.trim().split('\n').map(fields)).toEqual([
      ['corp.example.', '3600', 'IN', 'NS', 'dns1.corp.example.'],
      ['dns1.corp.example.', '3600', 'IN', 'A', await names.addressOf('agent1', 'dns1')],
    ])
  })

  test('NXDOMAIN and no data come with the SOA, both authoritative', async () => {
    await using names = await dnsLab()
    for (const [question, expected] of [
      [['nobody.corp.example'], 'NXDOMAIN'],
      [['im1.corp.example', 'AAAA'], 'NOERROR'],
      [['corp.example', 'A'], 'NOERROR'],
    ] as const) {
      const { stdout } = await names.dig('agent1', ...question)
      expect([question, status(stdout)]).toEqual([question, expected])
      expect(flags(stdout)).toEqual(['qr', 'aa', 'rd'])
      expect(stdout).toMatch(/AUTHORITY SECTION:\ncorp\.example\.\s+3600\s+IN\s+SOA/)
      expect(stdout).toContain('ANSWER: 0')
    }
  })

  test('a name above others exists without records (RFC 8020)', async () => {
    await using names = await dnsLab({ records: [{ name: 'a.b.corp.example', type: 'A', data: 'im1' }] })
    expect(status((await names.dig('agent1', 'b.corp.example')).stdout)).toBe('NOERROR')
    await names.call('remove-record', { name: 'a.b.corp.example' })
    expect(status((await names.dig('agent1', 'b.corp.example')).stdout)).toBe('NXDOMAIN')
  })

  test.for([
    [['www.example.org'], 'REFUSED'],
    [['example'], 'REFUSED'],
    [['notcorp.example'], 'REFUSED'],
    [['version.bind', 'CH', 'TXT'], 'REFUSED'],
    [['+opcode=notify', 'corp.example', 'SOA'], 'NOTIMP'],
    [['+opcode=update', 'corp.example', 'SOA'], 'NOTIMP'],
    [['+edns=1', '+noednsnegotiation', 'im1.corp.example'], 'BADVERS'],
    [['+header-only'], 'FORMERR'],
  ] as const)('%j is answered %s', async ([question, expected]) => {
    await using names = await dnsLab()
    expect(status((await names.dig('agent1', ...question)).stdout)).toBe(expected)
  })

  test('no zone transfer', async () => {
    await using names = await dnsLab()
    expect((await names.dig('agent1', 'corp.example', 'AXFR')).stdout).toContain('Transfer failed.')
  })

  test('names outside of the zone that the landscape has come as from a forwarder', async () => {
    await using names = await dnsLab()
    const { stdout } = await names.dig('agent1', 'license.passwordsafe.de')
    expect([status(stdout), flags(stdout)]).toEqual(['NOERROR', ['qr', 'rd', 'ra']])
    expect(stdout).toContain(await names.addressOf('agent1', 'license1'))
  })

  test('an address has its name', async () => {
    await using names = await dnsLab()
    for (const address of [await names.addressOf('agent1', 'im1'), '10.1.0.2']) {
      expect((await names.dig('agent1', '+short', '-x', address)).stdout).toBe('im1.corp.example.\n')
    }
  })

  test('what is too long for UDP is truncated and comes whole over TCP; EDNS allows more', async () => {
    const records = Array.from({ length: 40 }, (_, index) => ({ name: 'many', type: 'A', data: `10.9.0.${index}` }))
    await using names = await dnsLab({ records })
    const cut = await names.dig('agent1', '+noedns', '+ignore', 'many.corp.example')
    expect(flags(cut.stdout)).toEqual(['qr', 'aa', 'tc', 'rd'])
    expect(cut.stdout).toContain('ANSWER: 0')
    const whole = await names.dig('agent1', '+noedns', '+short', 'many.corp.example')
    expect(whole.stdout.match(/^10\.9\.0\.\d+$/gm)).toHaveLength(40)
    expect((await names.lab.host('dns1').journal()).at(-1)?.facts).toMatchObject({ via: 'tcp' })
    const allowed = await names.dig('agent1', '+bufsize=4096', '+ignore', 'many.corp.example')
    expect(flags(allowed.stdout)).toEqual(['qr', 'aa', 'tc', 'rd'])
    await using larger = await dnsLab({ records, maxUdpBytes: 4096 })
    const answered = await larger.dig('agent1', '+bufsize=4096', '+ignore', 'many.corp.example')
    expect(flags(answered.stdout)).toEqual(['qr', 'aa', 'rd'])
  })

  test('several questions on one connection (RFC 7766)', async () => {
    await using names = await dnsLab()
    const { stdout } = await names.dig('agent1', '+tcp', '+keepopen', '+short', 'im1.corp.example', 'dns1.corp.example')
    expect(stdout.trim().split('\n')).toEqual([
      await names.addressOf('agent1', 'im1'),
      await names.addressOf('agent1', 'dns1'),
    ])
  })

  test('records of every type that the zone takes', async () => {
    await using names = await dnsLab({
      records: [
        { name: 'corp.example', type: 'MX', data: '10 im1' },
        { name: '_ldap._tcp.corp.example', type: 'SRV', data: '0 100 389 im1' },
        { name: 'note', type: 'TXT', data: 'two words' },
        { name: 'six', type: 'AAAA', data: 'fd00::1' },
        { name: 'elsewhere', type: 'CNAME', data: 'www.example.org.' },
      ],
    })
    const told = async (...question: string[]) => (await names.dig('agent1', '+short', ...question)).stdout.trim()
    expect(await told('corp.example', 'MX')).toBe('10 im1.corp.example.')
    expect(await told('_ldap._tcp.corp.example', 'SRV')).toBe('0 100 389 im1.corp.example.')
    expect(await told('note.corp.example', 'TXT')).toBe('"two words"')
    expect(await told('six.corp.example', 'AAAA')).toBe('fd00::1')
    expect(await told('elsewhere.corp.example')).toBe('www.example.org.')
  })

  test('a ring of aliases ends', async () => {
    await using names = await dnsLab({
      records: [
        { name: 'one', type: 'CNAME', data: 'two' },
        { name: 'two', type: 'CNAME', data: 'one' },
      ],
    })
    expect(status((await names.dig('agent1', 'one.corp.example')).stdout)).toBe('NOERROR')
  })
})

test.skipIf(noHost)(`host and nslookup follow the alias${noHost ?? ''}`, async () => {
  await using names = await dnsLab()
  const { address, port } = names.at('agent1')
  const seen = await names.addressOf('agent1', 'im1')
  const host = await run('host', ['-p', String(port), 'identity.corp.example', address])
  expect(host.stdout).toContain('identity.corp.example is an alias for im1.corp.example.')
  expect(host.stdout).toContain(`im1.corp.example has address ${seen}`)
  const nslookup = await run('nslookup', [`-port=${port}`, 'identity.corp.example', address])
  expect(nslookup.stdout).toContain('identity.corp.example\tcanonical name = im1.corp.example.')
  expect(nslookup.stdout).toContain(`Address: ${seen}`)
})

test.skipIf(noDelv)(`delv is given the answer, unsigned${noDelv ?? ''}`, async () => {
  await using names = await dnsLab()
  const { address, port } = names.at('agent1')
  const { stdout } = await run('delv', [`@${address}`, '-p', String(port), '-i', 'im1.corp.example', 'A'])
  expect(stdout).toContain(await names.addressOf('agent1', 'im1'))
})
