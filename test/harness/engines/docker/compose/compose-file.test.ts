import { existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../../harness/context/json.ts'
import { seededRandom } from '../../../../../harness/context/random.ts'
import { exportCompose } from '../../../../../harness/engines/docker/compose/export-compose.ts'
import type { LandscapeSpec } from '../../../../../harness/landscape/index.ts'
import { builtInLandscapes, kinds, loadLandscape } from '../../../../../harness/standard.ts'
import { missing, run } from '../../../../support/programs.ts'

const image = { name: 'landscape-lab/host:0f1e2d3c', entry: '/opt/landscape-lab/harness/host-container.ts' }

const small: LandscapeSpec = {
  landscape: 'small',
  hosts: {
    dns1: { runs: { 'dns-server': {} } },
    sql1: { runs: { 'sql-server': { instances: { REPORTS: {} } } } },
    app1: { runs: { 'password-secure/app-server': {} } },
    license1: { aliases: ['license.passwordsafe.de'], runs: { 'password-secure/license-server': {} } },
  },
}

/** The files of an export by their paths. */
async function exported(source: string | LandscapeSpec, wish: { subnet?: string; firstPort?: number } = {}) {
  const landscape = await loadLandscape(source)
  const { files } = await exportCompose({ landscape, kinds, image, random: seededRandom(1), ...wish })
  return new Map(files.map((file) => [file.path, file]))
}

const composeOf = async (...given: Parameters<typeof exported>): Promise<string> =>
  (await exported(...given)).get('compose.yaml')?.text ?? ''

test('a host is a service at a fixed address, after those that it needs', async () => {
  expect(await composeOf(small, { subnet: '198.18.7.0/24' })).toMatchInlineSnapshot(`
    "# The landscape small: docker compose up -d. What it needs, and what is secret: README.md.
    # Hosts run landscape-lab/host:0f1e2d3c, which docker save and docker load bring from machine to machine.
    services:
      dns1:
        image: landscape-lab/host:0f1e2d3c
        pull_policy: never
        entrypoint:
          - node
          - /opt/landscape-lab/harness/host-container.ts
        command:
          - dns1
        environment:
          LANDSCAPE_STATE: /run/landscape-lab
        hostname: dns1
        domainname: corp.example
        cap_add:
          - NET_ADMIN
        networks:
          landscape:
            ipv4_address: 198.18.7.2
        ports:
          - 127.0.0.1::53/udp
          - 127.0.0.1::53
        volumes:
          - ./secrets/landscape.json:/etc/landscape-lab/landscape.json:ro
          - ./secrets/dns1.json:/etc/landscape-lab/authorities.json:ro
          - ./resolv.conf:/etc/resolv.conf:ro
          - ./root.pem:/etc/landscape-lab/root.pem:ro
          - exchange:/srv/exchange
        tmpfs:
          - /srv/host:mode=0700
          - /run/landscape-lab:mode=0700
        healthcheck:
          test:
            - CMD
            - test
            - -e
            - /run/landscape-lab/ready
          interval: 2s
          timeout: 30s
          retries: 3
          start_period: 5m
      sql1:
        image: landscape-lab/host:0f1e2d3c
        pull_policy: never
        entrypoint:
          - node
          - /opt/landscape-lab/harness/host-container.ts
        command:
          - sql1
        environment:
          LANDSCAPE_STATE: /run/landscape-lab
        hostname: sql1
        domainname: corp.example
        cap_add:
          - NET_ADMIN
        networks:
          landscape:
            ipv4_address: 198.18.7.3
        ports:
          - 127.0.0.1::1433
          - 127.0.0.1::55224
          - 127.0.0.1::1434/udp
        volumes:
          - ./secrets/landscape.json:/etc/landscape-lab/landscape.json:ro
          - ./secrets/sql1.json:/etc/landscape-lab/authorities.json:ro
          - ./resolv.conf:/etc/resolv.conf:ro
          - ./root.pem:/etc/landscape-lab/root.pem:ro
          - exchange:/srv/exchange
        tmpfs:
          - /srv/host:mode=0700
          - /run/landscape-lab:mode=0700
        healthcheck:
          test:
            - CMD
            - test
            - -e
            - /run/landscape-lab/ready
          interval: 2s
          timeout: 30s
          retries: 3
          start_period: 5m
        depends_on:
          dns1:
            condition: service_healthy
      app1:
        image: landscape-lab/host:0f1e2d3c
        pull_policy: never
        entrypoint:
          - node
          - /opt/landscape-lab/harness/host-container.ts
        command:
          - app1
        environment:
          LANDSCAPE_STATE: /run/landscape-lab
        hostname: app1
        domainname: corp.example
        cap_add:
          - NET_ADMIN
        networks:
          landscape:
            ipv4_address: 198.18.7.4
        ports:
          - 127.0.0.1::11011
          - 127.0.0.1::11014
          - 127.0.0.1::11016
          - 127.0.0.1::11018
        volumes:
          - ./secrets/landscape.json:/etc/landscape-lab/landscape.json:ro
          - ./secrets/app1.json:/etc/landscape-lab/authorities.json:ro
          - ./resolv.conf:/etc/resolv.conf:ro
          - ./root.pem:/etc/landscape-lab/root.pem:ro
          - exchange:/srv/exchange
        tmpfs:
          - /srv/host:mode=0700
          - /run/landscape-lab:mode=0700
        healthcheck:
          test:
            - CMD
            - test
            - -e
            - /run/landscape-lab/ready
          interval: 2s
          timeout: 30s
          retries: 3
          start_period: 5m
        depends_on:
          dns1:
            condition: service_healthy
          license1:
            condition: service_healthy
          sql1:
            condition: service_healthy
      license1:
        image: landscape-lab/host:0f1e2d3c
        pull_policy: never
        entrypoint:
          - node
          - /opt/landscape-lab/harness/host-container.ts
        command:
          - license1
        environment:
          LANDSCAPE_STATE: /run/landscape-lab
        hostname: license1
        domainname: corp.example
        cap_add:
          - NET_ADMIN
        networks:
          landscape:
            ipv4_address: 198.18.7.5
        ports:
          - 127.0.0.1::443
        volumes:
          - ./secrets/landscape.json:/etc/landscape-lab/landscape.json:ro
          - ./secrets/license1.json:/etc/landscape-lab/authorities.json:ro
          - ./resolv.conf:/etc/resolv.conf:ro
          - ./root.pem:/etc/landscape-lab/root.pem:ro
          - exchange:/srv/exchange
        tmpfs:
          - /srv/host:mode=0700
          - /run/landscape-lab:mode=0700
        healthcheck:
          test:
            - CMD
            - test
            - -e
            - /run/landscape-lab/ready
          interval: 2s
          timeout: 30s
          retries: 3
          start_period: 5m
        depends_on:
          dns1:
            condition: service_healthy
    networks:
      landscape:
        driver: bridge
        driver_opts:
          com.docker.network.bridge.enable_ip_masquerade: "false"
        ipam:
          config:
            - subnet: 198.18.7.0/24
              gateway: 198.18.7.1
    volumes:
      exchange:
        driver: local
        driver_opts:
          type: tmpfs
          device: tmpfs
          o: mode=0700,size=16m
    "
  `)
})

const withImage = (settings: JsonObject = {}): LandscapeSpec => ({
  landscape: 'real',
  hosts: { sql1: { runs: { 'sql-server': { image: 'mcr.microsoft.com/mssql/server:2022-latest', ...settings } } } },
})

test('a vendor’s image is a service in its host’s network, which starts when its files are there', async () => {
  const files = await exported(withImage({ acceptEula: true, collation: 'Latin1_General_$CI' }))
  const [, services = ''] = files.get('compose.yaml')?.text.split('\n  sql1-sql-server-files:\n') ?? []
  expect(services.split('\nnetworks:')[0]).toMatchInlineSnapshot(`
    "    image: landscape-lab/host:0f1e2d3c
        pull_policy: never
        entrypoint:
          - node
          - /opt/landscape-lab/harness/host-container.ts
        command:
          - sql1
          - sql-server
        network_mode: none
        volumes:
          - exchange:/srv/exchange
        depends_on:
          sql1:
            condition: service_started
      sql1-sql-server:
        image: mcr.microsoft.com/mssql/server:2022-latest
        network_mode: service:sql1
        environment:
          MSSQL_TCP_PORT: "11433"
          MSSQL_PID: \${MSSQL_PID:-Developer}
          MSSQL_COLLATION: Latin1_General_$$CI
          MSSQL_MEMORY_LIMIT_MB: "2048"
          ACCEPT_EULA: "Y"
        env_file:
          - ./secrets/sql1-sql-server.env
        volumes:
          - sql1-sql-server:/var/opt/mssql
        depends_on:
          sql1:
            condition: service_started
          sql1-sql-server-files:
            condition: service_completed_successfully"
  `)
  expect(files.get('compose.yaml')?.text).toContain('- sql1-sql-server:/srv/beside/sql-server\n')
  const password = files.get('secrets/sql1-sql-server.env')
  expect(password).toMatchObject({ secret: true, text: expect.stringMatching(/^MSSQL_SA_PASSWORD=Aa1!.{24}\n$/) })
  expect(files.get('README.md')?.text).not.toContain('ACCEPT_EULA')
})

test('a licence that the landscape does not accept is for whoever starts it', async () => {
  const files = await exported(withImage())
  expect(files.get('compose.yaml')?.text).toMatch(/ACCEPT_EULA: \$\{ACCEPT_EULA:-N\}\n/)
  expect(files.get('README.md')?.text).toContain('ACCEPT_EULA=Y docker compose up -d')
})

test('a host that is called as a service beside another one is refused', async () => {
  const { hosts } = withImage()
  const refused = exported({ landscape: 'real', hosts: { ...hosts, 'sql1-sql-server': {} } })
  await expect(refused).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('another name') })
})

test('ports of this machine are counted up from the first', async () => {
  const ports = (await composeOf('password-secure', { firstPort: 20_000 })).match(/- 127\.0\.0\.1:\S+/g)
  expect(ports?.slice(0, 3)).toEqual(['- 127.0.0.1:20000:1433', '- 127.0.0.1:20001:11011', '- 127.0.0.1:20002:11014'])
  expect(new Set(ports).size).toBe(ports?.length)
  // TCP 65536 is none.
  await expect(exported('password-secure', { firstPort: 65_530 })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('end above 65535'),
  })
})

test('without a DNS server hosts files know every name, and nobody answers for others', async () => {
  const files = await exported('password-secure', { subnet: '198.18.7.0/24' })
  expect(files.get('compose.yaml')?.text).toContain('- license.passwordsafe.de:198.18.7.5')
  expect(files.get('resolv.conf')?.text).toContain('nameserver 127.0.0.1\n')
})

test('a host of a site with a domain of its own is called by it, and looks for names in it', async () => {
  const files = await exported({
    ...{ landscape: 'two-domains', sites: { office: {}, branch: { domain: 'branch.example' } } },
    hosts: { dns1: { site: 'office', runs: { 'dns-server': {} } }, pc1: { site: 'branch' } },
  })
  const [, pc1] = files.get('compose.yaml')?.text.split('\n  pc1:\n') ?? []
  expect(pc1).toContain('domainname: branch.example\n')
  expect(pc1).toContain('- ./resolv.branch.example.conf:/etc/resolv.conf:ro\n')
  expect(files.get('resolv.branch.example.conf')?.text).toMatch(/^search branch\.example\nnameserver 198\./)
  expect(files.get('resolv.conf')?.text).toMatch(/^search corp\.example\n/)
})

test('only files that are said to be secret hold what the landscape calls a password, or a key', async () => {
  const files = [...(await exported('full')).values()]
  const secret = /Mail-2026!|Alice-2026!|PRIVATE KEY/
  expect(files.filter(({ text }) => secret.test(text)).map(({ secret: marked }) => marked)).not.toContain(false)
  expect(files.filter(({ text }) => secret.test(text)).length).toBeGreaterThan(1)
})

const noCompose = missing('docker-compose')

test.skipIf(noCompose)(`docker-compose takes the file of every landscape${noCompose ?? ''}`, async () => {
  for (const name of builtInLandscapes().keys()) {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-compose-'))
    const file = join(folder.path, 'compose.yaml')
    writeFileSync(file, await composeOf(name))
    const { exitCode, output } = await run('docker-compose', ['-f', file, 'config', '--quiet'])
    expect({ name, exitCode, output }).toEqual({ name, exitCode: 0, output: '' })
  }
})

/** What dclint says of a file. */
interface Linted {
  readonly filePath: string
  readonly messages: readonly { readonly type: string; readonly message: string }[]
}

test('the file of every landscape is one by the published Compose schema', async () => {
  const lint = createRequire(import.meta.url)
    .resolve('dclint/package.json')
    .replace('package.json', 'bin/dclint.cjs')
  using folder = mkdtempDisposableSync(join(tmpdir(), 'landscape-compose-'))
  const names = [...builtInLandscapes().keys()]
  for (const name of names) {
    // To the linter every free port is the same one.
    writeFileSync(join(folder.path, `${name}.yaml`), await composeOf(name, { firstPort: 20_000 }))
  }
  // Compose itself puts the variables in; the schema sees what the linter sees.
  writeFileSync(join(folder.path, 'real.yaml'), await composeOf(withImage(), { firstPort: 20_000 }))
  const misspelt = (await composeOf(small)).replace('ipv4_address', 'ipv4_adress')
  writeFileSync(join(folder.path, 'misspelt.yaml'), misspelt)
  const files = [...names, 'real', 'misspelt'].map((name) => join(folder.path, `${name}.yaml`))
  // Into a file: it ends before a pipe has taken all that it says.
  const report = join(folder.path, 'report.json')
  const said = await run(process.execPath, [lint, '--formatter', 'json', '--output-file', report, ...files])
  expect(existsSync(report), said.output).toBe(true)
  const linted: Linted[] = JSON.parse(readFileSync(report, 'utf8'))
  const errors = linted.map(({ filePath, messages }) => [
    basename(filePath),
    messages.filter(({ type }) => type === 'error').map(({ message }) => message),
  ])
  expect(Object.fromEntries(errors)).toEqual({
    ...Object.fromEntries(names.map((name) => [`${name}.yaml`, []])),
    'real.yaml': [],
    'misspelt.yaml': [expect.stringContaining('/services/dns1/networks')],
  })
})

test.each([
  ['198.18.7.0', 'is no subnet'],
  ['198.18.700.0/24', 'is no subnet'],
  ['198.18.7.0/33', 'is no subnet'],
  ['198.18.7.8/24', 'begins in the middle'],
  ['198.18.7.0/30', 'is too small'],
])('the subnet %s %s', async (subnet, reason) => {
  const refused = exported('password-secure', { subnet })
  await expect(refused).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(reason) })
})
