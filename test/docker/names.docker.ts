import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../harness/context/json.ts'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { noContainers, thingsOf } from './engine-here.ts'
import { lookupIn, ranIn } from './inside-container.ts'

const KIND = 'web-server'
const WORDS =
  /CONNECTION ESTABLISHED|Connection refused|Network is unreachable|No route to host|Name or service not known|Temporary failure in name resolution/g
const FINE = '301, CONNECTION ESTABLISHED'
const web = (kind: string, real = true) => ({ 'web-server': { kind, real, app: 'app1', connectTimeoutMs: 400 } })

describe.skipIf(noContainers !== '')(`names in containers are the name server’s alone${noContainers}`, () => {
  let lab: RunningLandscape
  let addresses: ReadonlyMap<string, string>
  beforeAll(async () => {
    lab = await startLandscape(
      {
        landscape: 'names',
        patienceMs: 3_000,
        sites: { office: {}, branch: { domain: 'branch.example' } },
        hosts: {
          branch1: { site: 'branch' },
          dns1: { runs: { 'dns-server': {} } },
          sql1: { runs: { 'sql-server': {} } },
          license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
          app1: { runs: { 'password-secure/app-server': { database: 'sql1', license: 'license1' } } },
          nginx1: { aliases: ['www'], runs: web('nginx') },
          nginx2: { runs: web('nginx', false) },
          apache1: { runs: web('apache') },
          apache2: { runs: web('apache', false) },
          client1: { runs: { 'password-secure/client': { server: 'app1' } } },
        },
      },
      { engine: 'docker' },
    )
    addresses = await lab.host('client1').names()
  })
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]()
    expect(await thingsOf(lab.name)).toEqual([])
  })

  /** The address and the name that libc gives of one, or its silence. */
  const getent = async (host: string, name: string) =>
    (await ranIn(lab, host, ['getent', 'hosts', name])).trim().split(/\s+/)
  /** How programs of a container end that ask libc for a name: two of their own words, or what they reach. */
  async function reach(host: string, name: string): Promise<string> {
    const node =
      'fetch(process.argv[1], { redirect: "manual" }).then((a) => console.log(a.status), (e) => console.log(e.cause.code))'
    const asNode = (await ranIn(lab, host, ['node', '-e', node, `http://${name}/`])).trim()
    const asOpenssl = await ranIn(lab, host, ['sh', '-c', `openssl s_client -brief -connect ${name}:443 </dev/null`])
    return [asNode, ...(asOpenssl.match(WORDS) ?? []).slice(0, 1)].join(', ')
  }
  const api = async (through: string) => {
    const { facts, error } = await lab
      .host('client1')
      .probe('http', { url: `https://${through}.corp.example/api/status` })
    return (facts?.http as JsonObject | undefined)?.status ?? error?.code
  }
  const why = async (host: string) =>
    (await lab.host(host).journal(KIND)).filter(({ type }) => type === 'service-failed').at(-1)?.facts.text

  test.each(['client1', 'dns1', 'nginx1'])('the hosts file of %s has its own names alone', async (host) => {
    const text = await ranIn(lab, host, ['cat', '/etc/hosts'])
    const words = text.split(/\s+/).filter((word) => /^[a-z][\w.-]*$/.test(word))
    const own = ['localhost', 'ip6-localhost', 'ip6-loopback', 'ip6-localnet', 'ip6-mcastprefix', 'ip6-allnodes']
    expect(words.filter((word) => ![...own, 'ip6-allrouters', host, `${host}.corp.example`].includes(word))).toEqual([])
    expect(words).toEqual(expect.arrayContaining([host, `${host}.corp.example`]))
    expect(await getent(host, host)).toContain(addresses.get(host))
    expect((await ranIn(lab, host, ['hostname', '-f'])).trim()).toBe(`${host}.corp.example`)
  })

  test('a host of another domain looks there for a name without a dot, as the host itself does', async () => {
    expect((await ranIn(lab, 'branch1', ['hostname', '-f'])).trim()).toBe('branch1.branch.example')
    for (const [name, code] of [
      // The name server has no zone for this domain, and refuses.
      ['app1', 'EAI_AGAIN'],
      ['app1.corp.example', 'found'],
      ['branch1', 'found'],
    ] as const) {
      expect(await lookupIn(lab, 'branch1', name), name).toBe(code)
      const seen = await lab.host('branch1').probe('tcp', { host: name, port: 1 })
      expect(seen.error?.code === 'EAI_AGAIN', name).toBe(code === 'EAI_AGAIN')
    }
  })

  test.each(['client1', 'dns1', 'app1'])('libc on %s asks the name server', async (host) => {
    const before = (await lab.host('dns1').journal()).at(-1)?.sequence ?? 0
    expect(await getent(host, 'sql1')).toEqual([addresses.get('sql1'), 'sql1.corp.example'])
    expect(await getent(host, 'license.passwordsafe.de')).toContain(addresses.get('license1'))
    expect(await getent(host, 'www')).toContain(addresses.get('nginx1'))
    const asked = (await lab.host('dns1').journal('dns-server', before)).filter(({ type }) => type === 'query')
    expect(new Set(asked.map(({ facts }) => `${facts.from} ${facts.name}`))).toContain(`${host} sql1.corp.example`)
  })

  test.each([
    ['address,data=sql1,name=nginx1', 'ECONNREFUSED, Connection refused'],
    ['address,data=10.9.9.9,name=nginx1', 'ENETUNREACH, Network is unreachable'],
    ['nxdomain,name=nginx1', 'ENOTFOUND, Name or service not known'],
    ['servfail', 'EAI_AGAIN, Temporary failure in name resolution'],
    ['silent', 'EAI_AGAIN, Temporary failure in name resolution'],
    // glibc looks for it below the search domain too, where it does not exist, and takes that for the answer.
    ['servfail,name=nginx1', 'ENOTFOUND, Name or service not known'],
    ['truncated', FINE],
  ])('programs in a container feel the answer %s', async (answer, text) => {
    const { id } = await lab.inject(`dns-answer:from=client1,answer=${answer}`)
    expect(await reach('client1', 'nginx1.corp.example')).toBe(text)
    await lab.clear(id)
    expect(await reach('client1', 'nginx1.corp.example')).toBe(FINE)
  })

  test('programs in a container feel a name server that has stopped', async () => {
    await lab.host('dns1').stop('dns-server')
    expect(await reach('client1', 'nginx1')).toBe('EAI_AGAIN, Temporary failure in name resolution')
    await lab.host('dns1').start('dns-server')
    expect(await reach('client1', 'nginx1')).toBe(FINE)
  })

  // Each real one, and the simulated one that must do the same.
  const nginxes = ['nginx1', 'nginx2'] as const

  test.each(nginxes)(
    '%s keeps the address with which it started, and takes a wrong one when it starts anew',
    async (host) => {
      expect(await api(host)).toBe(200)
      const { id } = await lab.inject(`dns-answer:from=${host},name=app1,answer=address,data=sql1`)
      expect(await api(host)).toBe(200)
      await lab.host(host).call(KIND, 'recycle', {})
      expect(await api(host)).toBe(502)
      const failed = (await lab.host(host).journal(KIND)).filter(({ type }) => type === 'upstream-failed')
      expect(failed.at(-1)?.facts).toMatchObject({ upstream: 'app1', port: 11_016, code: 'ECONNREFUSED' })
      await lab.clear(id)
      expect(await api(host)).toBe(502)
      await lab.host(host).call(KIND, 'recycle', {})
      expect(await api(host)).toBe(200)
    },
  )

  test.each(nginxes.flatMap((host) => ['nxdomain', 'servfail', 'silent'].map((answer) => [host, answer] as const)))(
    '%s does not start while the name server answers %s',
    async (host, answer) => {
      const { id } = await lab.inject(`dns-answer:from=${host},name=app1,answer=${answer}`)
      await lab.host(host).stop(KIND)
      await lab.host(host).start(KIND)
      expect(await why(host)).toContain('host not found in upstream "app1.corp.example"')
      expect(await api(host)).toBe('ECONNREFUSED')
      await lab.clear(id)
      await lab.host(host).stop(KIND)
      await lab.host(host).start(KIND)
      expect(await api(host)).toBe(200)
      const again = await lab.inject(`dns-answer:from=${host},name=app1,answer=${answer}`)
      await lab.host(host).call(KIND, 'recycle', {})
      expect(await api(host)).toBe('ECONNREFUSED')
      await lab.clear(again.id)
      await lab.host(host).stop(KIND)
      await lab.host(host).start(KIND)
      expect(await api(host)).toBe(200)
    },
  )

  test.each(nginxes)(
    '%s that is told to read its settings keeps the old ones while nobody has a name',
    async (host) => {
      const { id } = await lab.inject(`dns-answer:from=${host},name=app1,answer=nxdomain`)
      const takenOut = () => lab.host(host).call(KIND, 'set-upstream', { host: 'app1', down: true })
      expect(await takenOut()).toMatchObject({
        ...{ ok: false, code: 'not-reloaded', text: expect.stringContaining('host not found in upstream') },
      })
      expect(await api(host)).toBe(200)
      await lab.clear(id)
      expect(await takenOut()).toMatchObject({ ok: true })
      expect(await api(host)).toBe(502)
      expect(await lab.host(host).call(KIND, 'set-upstream', { host: 'app1', down: false })).toMatchObject({ ok: true })
      expect(await api(host)).toBe(200)
    },
  )

  test('what a real Apache says when a name is nobody’s is what the simulated one says', async () => {
    const pages = []
    for (const host of ['apache1', 'apache2']) {
      const { id } = await lab.inject(`dns-answer:from=${host},name=app1,answer=nxdomain`)
      await lab.host(host).stop(KIND)
      await lab.host(host).start(KIND)
      const url = `https://${host}.corp.example/api/status`
      const { facts } = await lab.host('client1').probe('http', { url })
      const body = String((facts?.http as JsonObject | undefined)?.body)
      pages.push(body.replaceAll(host, 'WEB').replace(/<!DOCTYPE [^>]*>|Apache\/\S+ \(\w+\)|Apache \(\w+\)/g, ''))
      await lab.clear(id)
    }
    expect(pages[1]).toBe(pages[0])
    expect(pages[0]).toContain('DNS lookup failure for: app1.corp.example<')
  })

  test.each(['apache1', 'apache2'])('%s asks when it first needs a name', async (host) => {
    const { id } = await lab.inject(`dns-answer:from=${host},name=app1,answer=nxdomain`)
    await lab.host(host).stop(KIND)
    await lab.host(host).start(KIND)
    expect(await api(host)).toBe(500)
    await lab.clear(id)
    expect(await api(host)).toBe(200)
  })
})

test.skipIf(noContainers !== '')(`without a name server the hosts file has every name${noContainers}`, async () => {
  await using lab = await startLandscape(
    { landscape: 'no-names', hosts: { pc: {}, other: { aliases: ['elsewhere.example'] } } },
    { engine: 'docker' },
  )
  const there = (await lab.host('pc').names()).get('other')
  for (const name of ['other', 'other.corp.example', 'elsewhere.example']) {
    expect(await ranIn(lab, 'pc', ['getent', 'hosts', name]), name).toContain(there)
  }
})
