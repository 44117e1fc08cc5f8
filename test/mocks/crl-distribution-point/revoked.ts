import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLandscape } from '../../../harness/standard.ts'
import type { RunningLandscape } from '../../../harness/start-landscape.ts'
import { run } from '../../support/programs.ts'

export const ISSUING_LIST = 'http://pki1.corp.example/CertEnroll/issuing-ca.crl'
export const ROOT_LIST = 'http://pki1.corp.example/CertEnroll/root-ca.crl'

/** Two license servers, of which one shows a revoked certificate, and where the lists are. */
export interface RevokedLab extends AsyncDisposable {
  readonly lab: RunningLandscape
  /** A program on `client1`'s way to the others. */
  at(program: string, ...args: readonly string[]): ReturnType<typeof run>
  /** Where `client1` sees a host. */
  address(host: string): Promise<string>
  readonly rootFile: string
  /** `curl` of one list from `client1`, into a file; with what it prints of headers. */
  fetched(url: string, ...options: readonly string[]): Promise<{ readonly file: string; readonly headers: string }>
  /** `openssl s_client` from `client1`, which trusts the root, checks the chain and ends by itself. */
  shake(host: string, ...options: readonly string[]): Promise<string>
  /** `curl` at a host's HTTPS port. */
  curl(host: string, ...options: readonly string[]): Promise<{ readonly exitCode: number; readonly stderr: string }>
  file(name: string): string
}

export async function revokedLab(engine: 'docker' | 'embedded', pki: object = {}): Promise<RevokedLab> {
  await using starting = new AsyncDisposableStack()
  const folder = mkdtempDisposableSync(join(tmpdir(), 'revoked-'))
  starting.defer(() => folder.remove())
  const lab = starting.use(
    await startLandscape(
      {
        landscape: 'revoked',
        sites: { office: {} },
        hosts: {
          pki1: { site: 'office', runs: { 'crl-distribution-point': {} }, ...pki },
          good1: { site: 'office', runs: { 'password-secure/license-server': {} } },
          bad1: { site: 'office', runs: { 'password-secure/license-server': { certificate: { defect: 'revoked' } } } },
          client1: { site: 'office', runs: {} },
        },
        deviations: ['good1', 'bad1'].map((to) => ({ fault: 'open', from: 'client1', to, port: 443 })),
      },
      { engine },
    ),
  )
  const client = lab.host('client1')
  const rootFile = join(folder.path, 'root.pem')
  writeFileSync(rootFile, await client.trusted())
  const place = client.networkProcess === undefined ? [] : ['nsenter', '-t', String(client.networkProcess), '-n']
  const at = (...command: readonly string[]) => {
    const [program = '', ...args] = [...place, ...command]
    return run(program, args)
  }
  const address = async (host: string) => (await client.names()).get(host) ?? ''
  const owned = starting.move()
  return {
    ...{ lab, at, address, rootFile },
    file: (name) => join(folder.path, name),
    async fetched(url, ...options) {
      const file = join(folder.path, url.slice(url.lastIndexOf('/') + 1))
      const place = `pki1.corp.example:80:${await address('pki1')}`
      const { stdout } = await at('curl', '-sS', '-D', '-', '--resolve', place, '-o', file, ...options, url)
      return { file, headers: stdout.replaceAll('\r', '').toLowerCase() }
    },
    async shake(host, ...options) {
      const name = `${host}.corp.example`
      const target = ['-connect', `${await address(host)}:443`, '-servername', name, '-verify_hostname', name]
      const { output } = await at('openssl', 's_client', ...target, '-CAfile', rootFile, ...options)
      return /Verify return code: .*/.exec(output)?.[0] ?? output
    },
    async curl(host, ...options) {
      const name = `${host}.corp.example`
      const place = ['--resolve', `${name}:443:${await address(host)}`, '--cacert', rootFile]
      const { exitCode, stderr } = await at('curl', '-sS', '-o', '/dev/null', ...place, ...options, `https://${name}/`)
      return { exitCode, stderr }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
