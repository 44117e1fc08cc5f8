import { expect, test } from 'vitest'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { has, run } from '../../support/programs.ts'
import { RawClient } from '../network/raw-client.ts'

const isLinux = process.platform === 'linux'

const spec = {
  landscape: 'two-sites',
  patienceMs: 1_500,
  sites: { paris: {}, lyon: {} },
  hosts: {
    sql1: { site: 'paris', runs: { 'sql-server': {} } },
    mail1: { site: 'paris', runs: { 'smtp-server': {} } },
    paris1: { site: 'paris' },
    lyon1: { site: 'lyon' },
  },
  deviations: [
    { fault: 'open', to: 'sql1', port: 1433 },
    { fault: 'open', to: 'mail1', port: 25 },
  ],
} as const

const login = (lab: RunningLandscape, from: string) =>
  lab.host(from).probe('sql', { host: 'sql1', user: 'nobody', password: 'Nothing-2026!' })
const mail = (lab: RunningLandscape, from: string) => lab.host(from).probe('smtp', { host: 'mail1', port: 25 })

test.skipIf(!isLinux)(
  'a site that is cut off hears nothing until it is healed; within a site all is well',
  async () => {
    await using lab = await startLandscape(spec)
    const well = await login(lab, 'lyon1')
    expect(well.error?.code).toBe('ELOGIN')
    const { id } = await lab.inject('cut-site:site=lyon')
    const seen = [await login(lab, 'lyon1'), await mail(lab, 'lyon1')]
    expect(seen.map(({ ended, error }) => [ended, error?.code])).toEqual([
      ['client-timer', 'ETIMEOUT'],
      ['client-timer', 'ETIMEDOUT'],
    ])
    expect((await login(lab, 'paris1')).error?.code).toBe('ELOGIN')
    await lab.clear(id)
    expect((await login(lab, 'lyon1')).error?.code).toBe('ELOGIN')
    expect((await mail(lab, 'lyon1')).ok).toBe(true)
  },
)

test.skipIf(!isLinux)('a connection that is open while its site is cut off goes on when it is healed', async () => {
  await using lab = await startLandscape(spec, { live: true })
  const place = lab.endpoints('lyon1').find(({ to, port }) => to === 'mail1' && port === 25)
  const client = new RawClient({ address: place?.address ?? '', port: place?.seenPort ?? 0 })
  await client.receives('\r\n')
  const greeting = client.received.toString()
  const { id } = await lab.inject('cut-site:site=lyon')
  client.socket.write('EHLO lyon1\r\n')
  expect((await mail(lab, 'paris1')).ok).toBe(true)
  expect(client.received.toString()).toBe(greeting)
  await lab.clear(id)
  await client.until(({ received }) => received.includes('250'))
  client.socket.destroy()
})

test('what is cut off must be there, and open connections fall silent only where relays carry them', async () => {
  await using lab = await startLandscape(spec)
  await expect(lab.inject('cut-site:site=lion')).rejects.toThrow(/there is no site "lion"; did you mean "lyon"/)
  await expect(lab.inject('cut:to=sql1,with=silence')).rejects.toThrow(/live: true/)
  const wrong = { ...spec, deviations: [{ fault: 'cut-site', site: 'lion' }] } as const
  await expect(startLandscape(wrong)).rejects.toThrow(/there is no site "lion"/)
})

test.skipIf(!has('curl'))(
  'a narrow line makes curl as slow as it is, and a cut one tells it how far it came',
  async () => {
    const web = {
      landscape: 'web',
      hosts: { license1: { runs: { 'password-secure/license-server': {} } }, pc: {} },
    } as const
    await using lab = await startLandscape({ ...web, deviations: [{ fault: 'open', to: 'license1', port: 443 }] })
    const address = (await lab.host('pc').names()).get('license1') ?? ''
    const place = lab.endpoints('pc').find(({ to, port }) => to === 'license1' && port === 443)
    const curl = () =>
      run('curl', ['-sSk', `https://${place?.address ?? address}:${place?.seenPort ?? 443}/`, '-w', '%{time_total}'])
    expect((await curl()).exitCode).toBe(0)
    const narrow = await lab.inject('rate:from=pc,to=license1,bytesPerSecond=5000')
    const { stdout } = await curl()
    // A handshake of TLS 1.3 with its certificates is more than a thousand bytes: that takes a fifth of a second at least.
    expect(Number(stdout.slice(-8))).toBeGreaterThan(0.2)
    await lab.clear(narrow.id)
    await lab.inject('cut:from=pc,to=license1,with=fin,afterBytes=100')
    const cut = await curl()
    expect([cut.exitCode, cut.output]).toEqual([
      35,
      expect.stringMatching(/unexpected eof|SSL_ERROR_SYSCALL|SSL_connect/i),
    ])
  },
)

test('a name server that is started again still answers what it is to answer wrongly', async () => {
  await using lab = await startLandscape({
    landscape: 'wrong-names',
    patienceMs: 700,
    hosts: {
      mail1: { aliases: ['www.corp.example'], runs: { 'smtp-server': {} } },
      dns1: { runs: { 'dns-server': {} } },
      pc: {},
    },
    deviations: [
      { fault: 'open', to: 'mail1', port: 25 },
      { fault: 'dns-answer', answer: 'nxdomain', name: 'www' },
    ],
  })
  const answers = async (name: string) => {
    const { error } = await lab.host('pc').probe('tcp', { host: `${name}.corp.example`, port: 25 })
    return error?.code
  }
  const again = async () => {
    await lab.host('dns1').stop('dns-server')
    await lab.host('dns1').start('dns-server')
  }
  const { id } = await lab.inject('dns-answer:answer=servfail,name=mail1')
  await again()
  expect([await answers('mail1'), await answers('www')]).toEqual(['EAI_AGAIN', 'ENOTFOUND'])
  await lab.host('dns1').stop('dns-server')
  await lab.clear(id)
  await lab.host('dns1').start('dns-server')
  expect(await answers('mail1')).toBe(undefined)
})
