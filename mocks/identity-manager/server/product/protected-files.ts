import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { DecryptionFailed, decrypt, encrypt } from '../../encryption/encrypted-file.ts'
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
    await writeFile(path, this.#encrypts ? await encrypt(content, this.#key.publicKey) : content, { mode: 0o600 })
    return path
  }

  async read(folder: string, name: string): Promise<ProtectedContent> {
    try {
      const bytes = await readFile(hostPath(this.#host, name, folder))
      return { ok: true, content: this.#encrypts ? await decrypt(bytes.toString('utf8'), this.#key.privateKey) : bytes }
    } catch (error) {
      if (error instanceof DecryptionFailed) return { ok: false, code: error.code, text: error.message }
      if (codeOf(error) === 'ENOENT')
        return { ok: false, code: 'file-not-found', text: `Could not find file '${name}'.` }
      throw error
    }
  }
}
