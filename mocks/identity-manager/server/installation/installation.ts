import type { KeyObject } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../../../harness/context/json.ts'
import { encryptValues } from '../../encryption/encrypted-values.ts'
import { encryptionCertificateKeys, identityServerKeys } from '../../keys/appsettings-keys.ts'
import type { KeyPairPlace, KeyPairPurpose } from '../../keys/key-pair.ts'
import { hostPath } from '../../working-directory/windows-path.ts'
import { layOutWorkingDirectory, type WorkingDirectory } from '../../working-directory/working-directory.ts'
import { ENCRYPTED_APPSETTINGS } from '../configuration/appsettings.ts'
import { processAccount } from '../hosting/process-account.ts'
import type { ServerStart } from '../references.ts'
import type { ServerSettings } from '../settings.ts'
import { appsettingsKeys, merged } from './appsettings-file.ts'
import { placeKeyPair, replaceKeyPair } from './key-pairs.ts'
import { licenceKey } from './licence-key.ts'
import { originOf } from './origin.ts'

/** A place with every key, to tell which there are. */
const EVERYWHERE: Required<KeyPairPlace> = {
  file: '',
  password: '',
  distinguishedName: '',
  thumbprint: '',
  storeLocation: 'LocalMachine',
  storeName: '',
}

/** What the administrator does at the server's computer. The product meets only what is left there: files, stores. */
export class Installation {
  readonly #start: ServerStart
  /** `C:/Usercube/Runtime`, where the product is. */
  readonly runtime: string
  #written: JsonObject = {}
  #encrypted: JsonObject = {}

  constructor(start: ServerStart) {
    this.#start = start
    this.runtime = `${start.settings.workingDirectory}/Runtime`
  }

  /** Before the first start, and again before each later one, as a repair: what was made stays. */
  async install(): Promise<WorkingDirectory> {
    const { host, settings } = this.#start
    const directory = await layOutWorkingDirectory(host, {
      folder: settings.workingDirectory,
      account: processAccount(settings, host).local,
      permissions: settings.workingDirectoryPermissions,
    })
    const pairs = [
      placeKeyPair(host, 'encryption', settings.encryptionCertificate, this.runtime),
      placeKeyPair(host, 'identity-server', settings.identityCertificate, this.runtime),
    ] as const
    await mkdir(join(directory.runtime, 'wwwroot'), { recursive: true, mode: 0o750 })
    const [encryption, identity] = await Promise.all(pairs)
    const license = licenceKey(host, settings)
    this.#written = appsettingsKeys(this.#start, {
      ...(license === undefined ? {} : { License: license }),
      EncryptionCertificate: encryptionCertificateKeys(encryption),
      IdentityServer: identityServerKeys(identity),
    })
    await this.#write('appsettings.json', settings.appsettingsText ?? this.#written)
    const ofEnvironment = `appsettings.${settings.environmentName}.json`
    if (settings.environmentAppsettings) await this.#write(ofEnvironment, settings.environmentAppsettings)
    else await rm(hostPath(host, ofEnvironment, this.runtime), { force: true })
    await this.#installAgent()
    return directory
  }

  /** The agent within the server needs a file beside the server's, and no more. */
  async #installAgent(): Promise<void> {
    const { host, settings, references } = this.#start
    const { enabled, sources, agentAppsettings, agentAppsettingsText } = settings.integratedAgent
    if (!enabled) return
    const { agentAppsettingsKeys } = await import('../../agent/installation/appsettings-files.ts')
    const { writeSources } = await import('../../agent/installation/sources.ts')
    await writeSources(host, sources)
    const keys = agentAppsettingsKeys(host, originOf(settings, host.fqdn), references.mail)
    await this.#write('appsettings.agent.json', agentAppsettingsText ?? merged(keys, agentAppsettings))
  }

  /** Changes appsettings.json; the product reads it at its next start. */
  async changeAppsettings(change: JsonObject | string): Promise<void> {
    if (typeof change !== 'string') this.#written = merged(this.#written, change)
    await this.#write('appsettings.json', typeof change === 'string' ? change : this.#written)
  }

  /** The file as it lies there. */
  appsettings(): Promise<string> {
    return readFile(hostPath(this.#start.host, 'appsettings.json', this.runtime), 'utf8')
  }

  /** Adds to appsettings.encrypted.json, as `Usercube-Protect-X509JsonFile` makes it; read at the next start. */
  async encryptAppsettings(change: JsonObject, to: KeyObject): Promise<void> {
    this.#encrypted = merged(this.#encrypted, await encryptValues(change, to))
    await this.#write(ENCRYPTED_APPSETTINGS, this.#encrypted)
  }

  /** A new key pair in the place of the one before, which stays where it is. */
  async replaceKeyPair(purpose: KeyPairPurpose): Promise<void> {
    replaceKeyPair(this.#start.host, purpose)
    await this.moveKeyPair(purpose, {})
  }

  /** Puts a key pair where the settings say, but for what is given, and no longer names the place before. */
  async moveKeyPair(purpose: KeyPairPurpose, given: Partial<ServerSettings['encryptionCertificate']>): Promise<void> {
    const { host, settings } = this.#start
    const wish = purpose === 'encryption' ? settings.encryptionCertificate : settings.identityCertificate
    const place = await placeKeyPair(host, purpose, wish, this.runtime, given)
    const [section, keysOf] =
      purpose === 'encryption'
        ? (['EncryptionCertificate', encryptionCertificateKeys] as const)
        : (['IdentityServer', identityServerKeys] as const)
    const taken = Object.fromEntries(Object.keys(keysOf(EVERYWHERE)).map((key) => [key, null]))
    await this.changeAppsettings({ [section]: { ...taken, ...keysOf(place) } })
  }

  /** For the administrator, and for the service account to read; nobody else comes near the folder. */
  #write(name: string, content: JsonObject | string): Promise<void> {
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, undefined, 2)}\n`
    return writeFile(hostPath(this.#start.host, name, this.runtime), text, { mode: 0o640 })
  }
}
