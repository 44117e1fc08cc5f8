import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { decrypt, encrypt } from '../../encryption/encrypted-file.ts'
import { pathOnHost } from '../../host-path.ts'
import type { KeyPair } from '../../keys/key-pair.ts'
import type { AgentConfiguration } from '../configuration/agent-configuration.ts'
import { AgentStepFailed } from '../failure.ts'

/** Collected files and orders grow by a third when encrypted; nothing larger was written here. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_LISTED = 1_000
const JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/

export interface WorkFile {
  readonly path: string
  readonly bytes: number
  readonly encrypted: boolean
}

/** The agent's `Temp` and `Work` folders. What it keeps there is encrypted with its own key, unless `EncryptFile` is off. */
export class WorkFiles {
  readonly #folders: ReadonlyMap<string, string>
  readonly #key: KeyPair
  readonly #encrypts: boolean

  constructor(host: ComponentHost, configuration: AgentConfiguration, runtimeFolder: string, key: KeyPair) {
    const place = (folder: string) => pathOnHost(host, folder, runtimeFolder)
    this.#folders = new Map([
      ['Temp', place(configuration.TempFolderPath)],
      ['Work', place(configuration.WorkFolderPath)],
    ])
    this.#key = key
    this.#encrypts = configuration.EncryptionCertificate.EncryptFile
  }

  get encrypts(): boolean {
    return this.#encrypts
  }

  /** Where `Work/Collect/x` is on this machine. */
  pathOf(path: string): string {
    const [top = '', ...rest] = path.split('/')
    const folder = this.#folders.get(top)
    if (folder === undefined || rest.some((part) => part === '' || part === '.' || part === '..')) {
      throw new AgentStepFailed('source', 'bad-path', 'A path is below Temp or Work, with slashes.')
    }
    return join(folder, ...rest)
  }

  /** Writes beside the place and renames: who reads never sees half a file. */
  async write(path: string, content: Buffer): Promise<void> {
    const place = this.pathOf(path)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    const text = this.#encrypts ? await encrypt(content, this.#key.publicKey) : content
    await writeFile(`${place}.new`, text, { mode: 0o600 })
    await rename(`${place}.new`, place)
  }

  /** As it is, where nothing is to be hidden. */
  async writePlain(path: string, text: string): Promise<void> {
    const place = this.pathOf(path)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await writeFile(place, text, { mode: 0o600 })
  }

  async move(from: string, to: string): Promise<void> {
    const place = this.pathOf(to)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rename(this.pathOf(from), place)
  }

  /** As it lies there; undefined when there is none. */
  async bytes(path: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(this.pathOf(path))
      const { size } = await file.stat()
      if (size > MAX_BYTES) throw new AgentStepFailed('source', 'too-large', `${path} is too large.`)
      return await file.readFile()
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Decrypted with the agent's key. */
  async read(path: string): Promise<Buffer | undefined> {
    const bytes = await this.bytes(path)
    return bytes && this.#encrypts ? decrypt(bytes.toString('latin1'), this.#key.privateKey) : bytes
  }

  async remove(path: string): Promise<boolean> {
    const existed = (await this.bytes(path)) !== undefined
    await rm(this.pathOf(path), { force: true })
    return existed
  }

  /** Names of the files directly in a folder, sorted. */
  async names(path: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.pathOf(path), { withFileTypes: true })
      return (
        entries
          // What a check of permissions puts there for a moment begins with a dot.
          .filter((entry) => entry.isFile() && !entry.name.endsWith('.new') && !entry.name.startsWith('.'))
          .map(({ name }) => name)
          .sort()
      )
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  }

  async list(): Promise<readonly WorkFile[]> {
    const found: WorkFile[] = []
    for (const [top, folder] of this.#folders) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      for (const entry of entries.slice(0, MAX_LISTED)) {
        if (!entry.isFile()) continue
        const path = `${top}/${relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`
        const bytes = await this.bytes(path)
        if (bytes) found.push({ path, bytes: bytes.length, encrypted: JWE.test(bytes.toString('latin1').trim()) })
      }
    }
    return found.sort((one, other) => (one.path < other.path ? -1 : 1))
  }
}
