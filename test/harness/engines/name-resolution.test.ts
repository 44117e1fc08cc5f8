import { expect, test } from 'vitest'
import type { Observation } from '../../../harness/probes/observation.ts'
import { loadLandscape, startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { openHandles } from '../../support/lab-of.ts'

const spec = {
  landscape: 'names',
  patienceMs: 3_000,
  hosts: {
    mail1: { aliases: ['post'], runs: { 'smtp-server': {} } },
    web1: { aliases: ['www.example.org'], runs: { 'smtp-server': {} } },
    dns1: { runs: { 'dns-server': {} } },
    client1: {},
  },
  deviations: [
    { fault: 'open', to: 'mail1', port: 25 },
    { fault: 'open', to: 'web1', port: 25 },
  ],
} as const

const reached = (lab: RunningLandscape, host: string, from = 'client1'): Promise<Observation> =>
  lab.host(from).probe('tcp', { host, port: 25 })
const said = ({ ok, error }: Observation): string => (ok ? 'connected' : (error?.text ?? ''))

const onDns = (lab: RunningLandscape, action: string, input: Record<string, string>) =>
  lab.host('dns1').call('dns-server', action, input)

test('names are asked for over the network, in any case, by either name', async () => {
  await using lab = await startLandscape(spec)
  for (const name of ['mail1', 'MAIL1.Corp.Example', 'post', 'post.corp.example.', 'www.example.org']) {
    expect([name, said(await reached(lab, name))]).toEqual([name, 'connected'])
  }
  const asked = (await lab.host('dns1').journal('dns-server')).map(({ facts }) => `${facts.from} ${facts.name}`)
  expect(asked).toEqual([
    'client1 mail1.corp.example',
    'client1 mail1.corp.example',
    'client1 post.corp.example',
    'client1 post.corp.example',
    'client1 www.example.org',
  ])
})

test('a name that only the zone has leads to its host', async () => {
  await using lab = await startLandscape(spec)
  await onDns(lab, 'add-record', { name: 'relay', type: 'CNAME', data: 'mail1' })
  expect(said(await reached(lab, 'relay'))).toBe('connected')
})

test('a host knows its own name without asking, and so does the operator all', async () => {
  await using lab = await startLandscape({
    ...spec,
    deviations: [...spec.deviations, { fault: 'stop', at: 'dns1.dns-server' }],
  })
  expect(said(await reached(lab, 'mail1.corp.example', 'mail1'))).toBe('connected')
  expect(said(await reached(lab, 'localhost', 'mail1'))).toBe('connected')
  expect(said(await reached(lab, 'mail1', 'operator'))).toBe('connected')
  expect(said(await reached(lab, 'mail1'))).toBe('getaddrinfo EAI_AGAIN mail1')
})

test.for([
  ['reject', { fault: 'reject', from: 'client1', to: 'dns1', port: 53 }],
  ['drop', { fault: 'drop', from: 'client1', to: 'dns1', port: 53 }],
  ['stall', { fault: 'stall', from: 'client1', to: 'dns1' }],
] as const)('%s on port 53: temporary failure in name resolution, for this host alone', async ([, fault]) => {
  await using lab = await startLandscape({ ...spec, patienceMs: 1_500, deviations: [...spec.deviations, fault] })
  expect(said(await reached(lab, 'mail1'))).toBe('getaddrinfo EAI_AGAIN mail1')
  expect(said(await reached(lab, 'mail1', 'web1'))).toBe('connected')
})

test('an unknown name is not found; a refused one, a failing server and a wrong zone are temporary', async () => {
  await using lab = await startLandscape(spec)
  expect(said(await reached(lab, 'nobody'))).toBe('getaddrinfo ENOTFOUND nobody')
  expect(said(await reached(lab, `${'a'.repeat(64)}.corp.example`))).toContain('getaddrinfo ENOTFOUND')
  expect(said(await reached(lab, 'www.example.net'))).toBe('getaddrinfo EAI_AGAIN www.example.net')
  await onDns(lab, 'answer-wrongly', { how: 'servfail', name: 'mail1' })
  expect(said(await reached(lab, 'mail1'))).toBe('getaddrinfo EAI_AGAIN mail1')
  await using wrong = await startLandscape(spec, { set: ['dns1.dns-server.zone=old.example'] })
  expect(said(await reached(wrong, 'mail1'))).toBe('getaddrinfo EAI_AGAIN mail1')
})

test('a datagram that was lost is asked for again', async () => {
  await using lab = await startLandscape(spec)
  await lab.host('dns1').call('dns-server', 'answer-wrongly', { how: 'silent', times: 1 })
  expect(said(await reached(lab, 'mail1'))).toBe('connected')
})

test('a truncated answer is asked for over TCP, which must be open too', async () => {
  await using lab = await startLandscape(spec)
  await onDns(lab, 'answer-wrongly', { how: 'truncated' })
  expect(said(await reached(lab, 'mail1'))).toBe('connected')
  const via = (await lab.host('dns1').journal('dns-server')).map(({ facts }) => facts.via)
  expect(via).toEqual(['udp', 'tcp'])
  await lab.inject({ fault: 'reject', to: 'dns1', port: 53, protocol: 'tcp' })
  expect(said(await reached(lab, 'mail1'))).toBe('getaddrinfo EAI_AGAIN mail1')
})

test('a stale record leads to another host, one of no host nowhere, and never off this machine', async () => {
  await using lab = await startLandscape(spec)
  await onDns(lab, 'set-record', { name: 'mail1', type: 'A', data: 'client1' })
  expect(said(await reached(lab, 'mail1'))).toMatch(/^connect ECONNREFUSED 127\./)
  for (const data of ['192.0.2.1', '8.8.8.8']) {
    await onDns(lab, 'set-record', { name: 'mail1', type: 'A', data })
    expect(said(await reached(lab, 'mail1'))).toMatch(/^connect ENETUNREACH 255\.255\.255\.255/)
  }
  // An address of every host's own.
  await onDns(lab, 'set-record', { name: 'mail1', type: 'A', data: '127.0.0.1' })
  expect(said(await reached(lab, 'mail1'))).toMatch(/^connect ECONNREFUSED 127\./)
})

test.for([
  ['servfail', 'getaddrinfo EAI_AGAIN mail1'],
  ['refused', 'getaddrinfo EAI_AGAIN mail1'],
  ['silent', 'getaddrinfo EAI_AGAIN mail1'],
  ['nxdomain', 'getaddrinfo ENOTFOUND mail1'],
  ['truncated', 'connected'],
] as const)('wrong answers come and go as a fault, for one name and one host: %s', async ([answer, words]) => {
  await using lab = await startLandscape({ ...spec, patienceMs: answer === 'silent' ? 300 : spec.patienceMs })
  const { id } = await lab.inject(`dns-answer:answer=${answer},name=mail1,from=client1`)
  expect(said(await reached(lab, 'mail1'))).toBe(words)
  expect(said(await reached(lab, 'mail1', 'web1'))).toBe('connected')
  expect(said(await reached(lab, 'web1'))).toBe('connected')
  const wrong = (await lab.host('dns1').journal('dns-server')).filter(({ facts }) => facts.wrong === answer)
  expect(wrong.length).toBeGreaterThan(0)
  await lab.clear(id)
  expect(said(await reached(lab, 'mail1'))).toBe('connected')
})

test('the last wrong answer for a name is given, and the one before when that is cleared', async () => {
  await using lab = await startLandscape(spec, { with: ['dns-answer:answer=address,name=mail1,data=client1'] })
  const astray = /^connect ECONNREFUSED 127\./
  expect(said(await reached(lab, 'mail1'))).toMatch(astray)
  const { id } = await lab.inject({ fault: 'dns-answer', answer: 'nxdomain' })
  expect(said(await reached(lab, 'web1'))).toBe('getaddrinfo ENOTFOUND web1')
  expect(said(await reached(lab, 'mail1'))).toMatch(astray)
  await lab.inject('dns-answer:answer=alias,name=mail1,data=web1')
  await lab.clear(id)
  expect(said(await reached(lab, 'mail1'))).toBe('connected')
  await lab.clear()
  expect(said(await reached(lab, 'mail1'))).toMatch(astray)
})

test('without a name server, nobody can answer wrongly; an address must be one', async () => {
  await using without = await startLandscape({ landscape: 'nameless', hosts: { client1: {} } })
  await expect(without.inject('dns-answer:answer=servfail')).rejects.toThrow(/nameless has no name server/)
  await using lab = await startLandscape(spec)
  await expect(lab.inject('dns-answer:answer=address,data=nobody')).rejects.toThrow(/there is no host "nobody"/)
  expect(lab.injected).toEqual([])
})

test('the second name server is asked when the first is down', async () => {
  const two = { ...spec, hosts: { ...spec.hosts, dns2: { runs: { 'dns-server': {} } } } }
  await using lab = await startLandscape(two, { with: ['stop:at=dns1.dns-server'] })
  expect(said(await reached(lab, 'mail1'))).toBe('connected')
})

test('all clients name what their resolver says', async () => {
  await using lab = await startLandscape(spec, { with: ['stop:at=dns1.dns-server'] })
  const client = lab.host('client1')
  const seen = [
    await client.probe('http', { url: 'https://mail1.corp.example/' }),
    await client.probe('tls', { host: 'mail1.corp.example', port: 465 }),
    await client.probe('websocket', { url: 'wss://mail1.corp.example/' }),
    await client.probe('smtp', { host: 'mail1.corp.example', port: 25 }),
    await client.probe('sql', { host: 'mail1.corp.example', user: 'a', password: 'b' }),
    await client.probe('sql', { server: 'mail1.corp.example\\X', user: 'a', password: 'b' }),
  ]
  expect(seen.map(({ ended, error, facts }) => [error?.client, ended, JSON.stringify({ error, facts })])).toEqual(
    ['undici', 'tls', 'ws', 'nodemailer', 'tedious', 'tedious'].map((client) => [
      client,
      'local',
      expect.stringContaining('getaddrinfo EAI_AGAIN mail1.corp.example'),
    ]),
  )
})

test('name servers start first and stop last, and every host may ask them', async () => {
  const landscape = await loadLandscape(spec)
  expect(landscape.startOrder[0]).toEqual({ host: 'dns1', kind: 'dns-server' })
  expect(landscape.nameServers).toEqual([{ host: 'dns1', kind: 'dns-server', port: 53 }])
  const asking = landscape.flows
    .filter(({ to }) => to === 'dns1')
    .map(({ from, port, protocol }) => `${from} ${port}/${protocol}`)
  expect(asking.sort()).toEqual(
    ['client1', 'dns1', 'mail1', 'web1'].flatMap((host) => [`${host} 53/tcp`, `${host} 53/udp`]),
  )
})

test('where ports are mapped, names lead to where the model’s hosts are', async () => {
  await using lab = await startLandscape(spec, { mapped: true })
  expect(said(await reached(lab, 'post.corp.example'))).toBe('connected')
  expect(said(await reached(lab, 'nobody'))).toBe('getaddrinfo ENOTFOUND nobody')
})

test('a lookup that is under way ends with the landscape, and leaves nothing', async () => {
  const before = await openHandles()
  const lab = await startLandscape({ ...spec, patienceMs: 60_000 }, { with: ['drop:to=dns1,port=53'] })
  const asking = reached(lab, 'mail1')
  await lab[Symbol.asyncDispose]()
  expect(await asking).toMatchObject({ ok: false })
  expect(await openHandles()).toEqual(before)
})

test('the probe asks the name server itself for records, in the words of Node’s resolver when there are none', async () => {
  await using lab = await startLandscape(spec)
  const ask = (input: Record<string, string | boolean>) => lab.host('client1').probe('dns', input)
  const address = (await lab.host('client1').names()).get('mail1')
  expect((await ask({ name: 'POST.corp.example', type: 'A', tcp: true })).facts).toEqual({
    server: 'dns1',
    via: 'tcp',
    code: 'NOERROR',
    authoritative: true,
    records: [
      { name: 'POST.corp.example', type: 'CNAME', ttl: 3600, data: 'mail1.corp.example' },
      { name: 'mail1.corp.example', type: 'A', ttl: 3600, data: address },
    ],
  })
  expect((await ask({ name: 'corp.example', type: 'SOA' })).facts.records).toMatchObject([
    { data: { mname: 'dns1.corp.example', serial: 1 } },
  ])
  await onDns(lab, 'add-record', { name: 'note', type: 'TXT', data: 'two words' })
  expect((await ask({ name: 'note.corp.example', type: 'TXT' })).facts.records).toMatchObject([{ data: ['two words'] }])
  const seen = [
    await ask({ name: 'nobody.corp.example', type: 'A' }),
    await ask({ name: 'mail1.corp.example', type: 'CNAME' }),
    await ask({ name: 'www.example.net', type: 'A' }),
    await ask({ name: `${'a'.repeat(64)}.corp.example`, type: 'A' }),
  ]
  expect(seen.map(({ ok, ended, error }) => [ok, ended, error?.code, error?.text.slice(0, 24)])).toEqual([
    [false, 'local', 'ENOTFOUND', 'queryA ENOTFOUND nobody.'],
    [false, 'peer', 'ENODATA', 'queryCname ENODATA mail1'],
    [false, 'peer', 'EREFUSED', 'queryA EREFUSED www.exam'],
    [false, 'local', 'EBADNAME', 'queryA EBADNAME aaaaaaaa'],
  ])
})

test('a host of another domain is found by its full name, as through a forwarder; short names are searched in one’s own', async () => {
  await using lab = await startLandscape({
    ...spec,
    sites: { office: {}, cloud: { domain: 'usercube.com' } },
    hosts: { ...spec.hosts, contoso: { site: 'cloud', runs: { 'smtp-server': {} } }, desk2: { site: 'cloud' } },
    deviations: [...spec.deviations, { fault: 'open', to: 'contoso', port: 25 }],
  })
  expect(said(await reached(lab, 'contoso.usercube.com'))).toBe('connected')
  expect(said(await reached(lab, 'contoso'))).toBe('getaddrinfo ENOTFOUND contoso')
  expect(said(await reached(lab, 'contoso', 'desk2'))).toBe('connected')
  expect(said(await reached(lab, 'mail1.corp.example', 'desk2'))).toBe('connected')
})
