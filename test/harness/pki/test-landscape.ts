import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeyPool, type LandscapePki, openKeyPool, openPki, type PkiOptions } from '../../../harness/pki/index.ts'

export interface TestLandscape extends AsyncDisposable {
  readonly pki: LandscapePki
  readonly keys: KeyPool
  readonly folder: string
  /** Writes a file into the test's folder and gives its path. */
  file(name: string, content: string | Buffer): Promise<string>
}

/** The names by which a server on loopback is dialled. */
export const loopbackNames = { commonName: 'localhost', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] } as const

/** A PKI and a key pool in a folder of their own; its certificates name no revocation list unless told where they are. */
export async function startTestLandscape(
  now = () => new Date(),
  crlUrls?: PkiOptions['crlUrls'],
): Promise<TestLandscape> {
  await using owned = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'landscape-pki-'))
  owned.defer(() => rm(folder, { recursive: true }))
  const keys = owned.use(openKeyPool({ folder: join(folder, 'keys') }))
  const pki = owned.use(openPki({ organisation: 'Corp', now, keys, crlUrls }))
  const stack = owned.move()
  return {
    pki,
    keys,
    folder,
    async file(name, content) {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
