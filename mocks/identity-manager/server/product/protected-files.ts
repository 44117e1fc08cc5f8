import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { DecryptionFailed, readEncryptedFile, writeEncryptedFile } from '../../encryption/encrypted-file.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import { hostPath } from '../../working-directory/windows-path.ts'

export type ProtectedContent =
  | { readonly ok: true; readonly content: Buffer }
  | { readonly ok: false; readonly code: string; readonly text: string }

/** Source, configuration and log files: encrypted with the encryption key pair, unless `EncryptFile` says no. */
export class ProtectedFiles {
  readonly #host: ComponentHost
  readonly #key: KeyPair
  readonly #encrypts: boolean

  constructor(host: ComponentHost, key: KeyPair, encrypts: boolean) {
    this.#host = host
    this.#key = key
    this.#encrypts = encrypts
  }

  /** Gives the file's path on this machine. */
  async write(folder: string, name: string, content: Uint8Array): Promise<string> {
    const path = hostPath(this.#host, name, folder)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    if (this.#encrypts) await writeEncryptedFile(path, content, this.#key.publicKey)
    else await writeFile(path, content, { mode: 0o600 })
    return path
  }

  async read(folder: string, name: string): Promise<ProtectedContent> {
    try {
      const path = hostPath(this.#host, name, folder)
      const content = await (this.#encrypts ? readEncryptedFile(path, this.#key.privateKey) : readFile(path))
      return { ok: true, content }
    } catch (error) {
      if (error instanceof DecryptionFailed) return { ok: false, code: error.code, text: error.message }
      if (codeOf(error) === 'ENOENT')
        return { ok: false, code: 'file-not-found', text: `Could not find file '${name}'.` }
      throw error
    }
  }
}
