import { expect, test } from 'vitest'
import { differences } from '../../../harness/cli/reload-differences.ts'
import { announceUp } from '../../../harness/cli/up-announcement.ts'
import { upText } from '../../../harness/cli/up-text.ts'
import { Upkeep } from '../../../harness/cli/upkeep.ts'
import type { Cli } from '../../../harness/cli/verb.ts'
import { echo } from '../../support/echo-kind.ts'
import { labOf } from '../../support/lab-of.ts'
import { smallLandscape } from '../report/sample-run.ts'

/** More than are opened at start. */
const many = Array.from({ length: 46 }, (_, index) => `h${index + 1}`)
const large = { landscape: 'large', hosts: Object.fromEntries(many.map((name) => [name, { runs: { echo: {} } }])) }

test.skipIf(process.platform !== 'linux')('up tells every endpoint, however large the landscape', async () => {
  await using upkeep = await Upkeep.start(() => labOf(large, [echo]))
  const written: string[] = []
  const cli: Cli = {
    exitCode: 0,
    beforeReplaced: () => undefined,
    interrupted: new AbortController().signal,
    output: {
      write: (text: string) => void written.push(text),
      error: () => undefined,
      columns: () => 120,
      colour: false,
      live: false,
    },
  }
  const folder = upkeep.current?.folder ?? ''
  const scope = { name: 'large', startedAt: '', folder, run: () => upkeep.current, onDown: () => undefined }
  await announceUp(cli, { upkeep, scope, json: true, isolated: false })
  const { endpoints } = JSON.parse(written.join(''))
  expect(endpoints).toHaveLength(many.length * 2)
})

const endpoint = (to: string, port: number, address: string, seenPort = port) => ({
  ...{ from: 'operator', fqdn: `${to}.corp.example`, kind: 'k', listen: 'l', tls: 'none', purpose: 'p' },
  ...{ to, port, protocol: 'tcp' as const, address, seenPort },
})

const facts = (seenPort: number) => ({
  info: {
    ...{ name: 'small', pid: 1, landscape: 'small', engine: 'embedded', seed: 7, startedAt: '', readyMs: 9 },
    ...{ domain: 'corp.example', nameServers: [] },
    ...{ hosts: ['app1'], components: 1, faults: [], notes: ['hosts are mapped'], folder: '/nowhere' },
  },
  endpoints: [endpoint('app1', 443, '127.0.0.1', seenPort)],
  names: new Map([['app1.corp.example', '127.0.0.1']]),
  ...{ rootFile: '/nowhere/root-ca.pem', sampleHost: 'app1', isolated: false },
})

test('where ports are moved, up names the way to the documented ones, and no lines for a hosts file', () => {
  const moved = upText(facts(40_443), false)
  if (process.platform === 'linux') expect(moved).toContain('up --isolated')
  expect(moved).not.toContain('hosts file')
  const documented = upText(facts(443), false)
  expect(documented).not.toContain('--isolated')
  expect(documented).toMatch(/hosts file of this machine\n {2}127\.0\.0\.1 +app1\.corp\.example\n/)
})

test('up tells which programs have not started', () => {
  expect(upText({ ...facts(443), refusals: ['im1: a/server does not start: expired'] }, false)).toContain(
    '\nnote: im1: a/server does not start: expired\n',
  )
})

test('a reload tells what is different, and which addresses have changed', () => {
  const [sql, app, ...others] = smallLandscape.hosts
  if (!sql || !app) throw new Error('the sample has no hosts')
  const before = {
    landscape: smallLandscape,
    endpoints: [endpoint('app1', 443, '127.0.0.2'), endpoint('web1', 80, '127.0.0.1', 4000)],
  }
  expect(differences(before, before)).toEqual(['nothing has changed'])
  const hosts = [{ ...app, clockSkewMs: 5 }, { ...sql, name: 'sql2' }, ...others]
  const after = {
    landscape: { ...smallLandscape, hosts, patienceMs: 5 },
    endpoints: [endpoint('app1', 443, '127.0.0.3'), endpoint('web1', 80, '127.0.0.1', 4001)],
  }
  expect(differences(before, after)).toEqual([
    'new: sql2',
    'gone: sql1',
    'changed: app1',
    'other settings of the landscape',
    'addresses changed: app1 127.0.0.2 → 127.0.0.3, web1:80 127.0.0.1:4000 → 127.0.0.1:4001',
  ])
})

test('up gives a line to ask its name server with', () => {
  const { info, ...rest } = facts(443)
  const asked = (seenPort: number) => {
    const server = { ...endpoint('dns1', 53, '127.0.0.1', seenPort), protocol: 'udp' as const }
    const nameServers = [{ host: 'dns1', port: 53 }]
    return upText({ ...rest, info: { ...info, nameServers }, endpoints: [...rest.endpoints, server] }, false)
  }
  expect(asked(53)).toContain('  dig @127.0.0.1 app1.corp.example\n')
  expect(asked(40_053)).toContain('  dig @127.0.0.1 -p 40053 app1.corp.example\n')
})
