import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlEndpoint } from '../host/control-protocol.ts'
import { type HostView, trustVariables } from './host-view.ts'
import type { ProgramSettings } from './shell-lines.ts'

const namesOf = (view: HostView, address: string, host: string): readonly string[] =>
  [...view.names].filter(([name, known]) => known === address && name.split('.')[0] === host).map(([name]) => name)

const dialled = ({ address, seenPort }: ControlEndpoint): string => `${address}:${seenPort}`

/** CURL_HOME with a .curlrc: every curl of the shell dials the host's addresses, under the names that it is given. */
function curl(view: HostView): ProgramSettings {
  const lines = view.portsMoved
    ? view.endpoints.flatMap((endpoint) =>
        namesOf(view, endpoint.address, endpoint.to).map((name) => `${name}:${endpoint.port}:${dialled(endpoint)}`),
      )
    : [...view.names].map(([name, address]) => `${name}::${address}:`)
  const config = [
    `cacert = ${JSON.stringify(view.trustFile)}`,
    ...lines.map((line) => `connect-to = "${line}"`),
    'noproxy = "*"',
  ]
  writeFileSync(join(view.folder, '.curlrc'), `${config.join('\n')}\n`, { mode: 0o600 })
  return {
    variables: { CURL_HOME: view.folder },
    hints: [`curl, started from this shell, is ${view.host}'s: curl https://NAME/`],
  }
}

function openssl(view: HostView): ProgramSettings {
  const { SSL_CERT_FILE = '', SSL_CERT_DIR = '' } = trustVariables(view)
  const sClient = (endpoint: ControlEndpoint) =>
    `openssl s_client -connect ${dialled(endpoint)} -servername ${endpoint.fqdn} -verify_hostname ${endpoint.fqdn}${startTlsOf(endpoint)}   ${endpoint.purpose}`
  const reached = view.endpoints.filter(({ tls, to }) => to !== view.host && (tls === 'implicit' || tls === 'starttls'))
  return { variables: { SSL_CERT_FILE, SSL_CERT_DIR }, hints: reached.map(sClient) }
}

const startTlsOf = ({ tls, port }: ControlEndpoint): string =>
  tls === 'starttls' ? ` -starttls ${port === 143 ? 'imap' : port === 389 ? 'ldap' : 'smtp'}` : ''

/** A freetds.conf with every server that speaks TDS, TLS inside of it. */
function freetds(view: HostView): ProgramSettings {
  const servers = view.endpoints.filter((endpoint) => endpoint.tls === 'in-protocol')
  const sections = servers.map((endpoint) =>
    [
      `[${endpoint.to}${endpoint.port === 1433 ? '' : `_${endpoint.port}`}]`,
      `host = ${endpoint.address}`,
      `port = ${endpoint.seenPort}`,
      'tds version = 7.4',
      'encryption = require',
      `ca file = ${view.trustFile}`,
      '',
    ].join('\n'),
  )
  const path = join(view.folder, 'freetds.conf')
  writeFileSync(path, `${sections.join('\n')}\n`, { mode: 0o600 })
  return {
    variables: { FREETDSCONF: path },
    hints: servers.map(({ to, purpose }) => `tsql -S ${to} -U USER   ${purpose}`),
  }
}

function java(view: HostView): ProgramSettings {
  const store = join(view.folder, 'trusted.p12')
  const password = 'changeit'
  const options = [
    `-Djdk.net.hosts.file=${view.hostsFile}`,
    `-Djavax.net.ssl.trustStore=${store}`,
    '-Djavax.net.ssl.trustStoreType=PKCS12',
    `-Djavax.net.ssl.trustStorePassword=${password}`,
  ]
  const into = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', password]
  return {
    variables: { JAVA_TOOL_OPTIONS: options.join(' ') },
    setup: view.rootFiles.map((file, index) => [
      'keytool',
      ...['-importcert', '-noprompt', '-alias', `landscape-root-${index + 1}`, '-file', file, ...into],
    ]),
    hints: [`every Java program, started from this shell, is ${view.host}'s${movedHint(view)}`],
  }
}

/** A browser with a profile and a certificate database of its own (NSS, in its home on Linux). */
function chromium(view: HostView): ProgramSettings {
  const home = join(view.folder, 'chromium')
  const database = join(home, '.pki', 'nssdb')
  // certutil asks for the old password where there is a database already.
  rmSync(database, { recursive: true, force: true })
  mkdirSync(database, { recursive: true, mode: 0o700 })
  const rules = view.portsMoved
    ? view.endpoints.flatMap((endpoint) =>
        namesOf(view, endpoint.address, endpoint.to).map((name) => `MAP ${name}:${endpoint.port} ${dialled(endpoint)}`),
      )
    : [...view.names].map(([name, address]) => `MAP ${name} ${address}`)
  const options = [
    `--user-data-dir=${join(home, 'profile')}`,
    `--host-resolver-rules=${rules.join(', ')}`,
    '--no-proxy-server',
  ]
  return process.platform === 'linux'
    ? {
        hints: ['landscape_chromium URL   certutil is in libnss3-tools'],
        setup: [
          ['certutil', '-d', `sql:${database}`, '-N', '--empty-password'],
          ...view.rootFiles.map((file, index) => [
            'certutil',
            ...['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', `landscape-root-${index + 1}`, '-i', file],
          ]),
        ],
        command: ['env', `HOME=${home}`, 'chromium', ...options],
      }
    : { hints: [`add ${view.trustFile} to the trusted roots of this user first`], command: ['chromium', ...options] }
}

const movedHint = ({ portsMoved }: HostView): string => (portsMoved ? '; ports are moved: see "landscape up"' : '')

/** Programs that `env` knows, and what each is told. */
export const envPrograms: ReadonlyMap<string, (view: HostView) => ProgramSettings> = new Map([
  ['curl', curl],
  ['chromium', chromium],
  ['java', java],
  ['openssl', openssl],
  ['freetds', freetds],
])
