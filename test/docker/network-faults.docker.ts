import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { noContainers, thingsOf } from './engine-here.ts'
import { lookupIn, openLine } from './inside-container.ts'

describe.skipIf(noContainers !== '')(`faults of the network, in containers${noContainers}`, () => {
  let lab: RunningLandscape
  beforeAll(async () => {
    lab = await startLandscape(
      {
        landscape: 'network-faults',
        patienceMs: 1_500,
        sites: { paris: {}, lyon: {} },
        hosts: {
          mail1: { site: 'paris', runs: { 'smtp-server': {} } },
          dns1: { site: 'paris', runs: { 'dns-server': {} } },
          paris1: { site: 'paris' },
          lyon1: { site: 'lyon' },
        },
        deviations: [{ fault: 'open', to: 'mail1', port: 25 }],
      },
      { engine: 'docker', live: true },
    )
  })
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(lab.name)).toEqual([])
  })

  const mail = (from: string) => lab.host(from).probe('smtp', { host: 'mail1', port: 25 })
  const reach = (from: string, host = 'mail1.corp.example') => lab.host(from).probe('tcp', { host, port: 25 })

  test('a site that is cut off is silent both ways, also to its name server, until it is healed', async () => {
    expect((await mail('lyon1')).ok).toBe(true)
    const { id } = await lab.inject('cut-site:site=lyon')
    expect((await reach('lyon1')).error?.text).toBe('getaddrinfo EAI_AGAIN mail1.corp.example')
    expect((await mail('paris1')).ok).toBe(true)
    await lab.clear(id)
    expect((await mail('lyon1')).ok).toBe(true)
  })

  test('answers that are lost: what is asked arrives', async () => {
    const before = (await lab.host('dns1').journal()).at(-1)?.sequence ?? 0
    const { id } = await lab.inject('drop:from=paris1,to=dns1,port=53,protocol=udp,lost=answers')
    expect((await reach('paris1')).error?.text).toBe('getaddrinfo EAI_AGAIN mail1.corp.example')
    const asked = (await lab.host('dns1').journal('dns-server', before)).filter(({ type }) => type === 'query')
    expect(asked.map(({ facts }) => facts.from)).toContain('paris1')
    await lab.clear(id)
    expect((await reach('paris1')).ok).toBe(true)
  })

  test.for([
    ['servfail', 'EAI_AGAIN'],
    ['nxdomain', 'ENOTFOUND'],
    ['silent', 'EAI_AGAIN'],
    ['address,data=lyon1', 'ECONNREFUSED'],
  ])('the name server answers %s', async ([answer, code]) => {
    const { id } = await lab.inject(`dns-answer:from=paris1,name=mail1,answer=${answer}`)
    expect((await reach('paris1')).error?.code).toBe(code)
    expect((await reach('lyon1')).ok).toBe(true)
    await lab.clear(id)
    expect((await reach('paris1')).ok).toBe(true)
  })

  test('a name server that is started again still answers what it is to answer wrongly', async () => {
    const { id } = await lab.inject('dns-answer:from=paris1,name=mail1,answer=servfail')
    await lab.host('dns1').stop('dns-server')
    await lab.host('dns1').start('dns-server')
    expect((await reach('paris1')).error?.code).toBe('EAI_AGAIN')
    await lab.clear(id)
    expect((await reach('paris1')).ok).toBe(true)
  })

  test('programs in a container learn at once that nobody has a name, as the host does', async () => {
    const names = ['nobody1', 'nobody1.corp.example', 'nobody.elsewhere.example', 'mail1.corp.example']
    const seen = await Promise.all(names.map((name) => lookupIn(lab, 'paris1', name)))
    expect(seen).toEqual(['ENOTFOUND', 'ENOTFOUND', 'EAI_AGAIN', 'found'])
    const asHost = await Promise.all(names.map(async (host) => (await reach('paris1', host)).error?.code ?? 'found'))
    expect(asHost).toEqual(seen)
  })

  test('what is said while a site is cut off arrives when it is healed, over the connection that was open', async () => {
    await using line = await openLine(lab, 'lyon1', 'mail1 25')
    await line.until(/^220 .*\r\n/)
    const { id } = await lab.inject('cut-site:site=lyon')
    line.say('EHLO lyon1\r\n')
    expect((await mail('paris1')).ok).toBe(true)
    expect(line.heard()).not.toContain('250')
    await lab.clear(id)
    await line.until(/250 /)
    line.say('QUIT\r\n')
    await line.until(/221 /)
  })
})

test.skipIf(noContainers !== '')(
  `without a name server, hosts in containers know all names that there are${noContainers}`,
  async () => {
    await using lab = await startLandscape(
      { landscape: 'no-name-server', hosts: { pc: {}, other: {} } },
      { engine: 'docker' },
    )
    const names = ['other', 'other.corp.example', 'nobody1', 'nobody.elsewhere.example']
    const seen = await Promise.all(names.map((name) => lookupIn(lab, 'pc', name)))
    expect(seen).toEqual(['found', 'found', 'ENOTFOUND', 'ENOTFOUND'])
  },
)
