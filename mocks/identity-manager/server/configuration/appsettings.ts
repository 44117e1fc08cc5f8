import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { codeOf } from '../../../../harness/context/error.ts'
import type { Json, JsonObject } from '../../../../harness/context/json.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { DecryptionFailed, decrypt } from '../../encryption/encrypted-file.ts'
import { hostPath } from '../../working-directory/windows-path.ts'
import { StartRefused } from '../product/start-refused.ts'
import { Configuration } from './configuration.ts'
import { parseDotnetJson } from './dotnet-json.ts'
import { DotnetJsonError } from './dotnet-json-error.ts'

export interface Process {
  /** The folder of the executable, `C:/Usercube/Runtime`. */
  readonly runtime: string
  /** ASPNETCORE_ENVIRONMENT */
  readonly environmentName: string
  readonly environment: Readonly<Record<string, string>>
}

export const ENCRYPTED_APPSETTINGS = 'appsettings.encrypted.json'

/**
 * Environment variables over appsettings.ENVIRONMENT.json over appsettings.json; of several names, as an agent has them, a
 * later one over an earlier. Throws `StartRefused`.
 */
export async function readAppsettings(
  host: ComponentHost,
  process: Process,
  names: readonly string[] = ['appsettings'],
): Promise<Configuration> {
  return (await plainFiles(host, process, names)).addEnvironment(process.environment)
}

/**
 * The same with appsettings.encrypted.json, whose values beat those of the plain files. That environment variables beat it in
 * turn is assumed.
 */
export async function withEncryptedAppsettings(
  host: ComponentHost,
  process: Process,
  key: KeyObject,
): Promise<Configuration> {
  const encrypted = await read(host, process.runtime, ENCRYPTED_APPSETTINGS)
  const configuration = await plainFiles(host, process)
  if (encrypted) configuration.add(await decrypted(encrypted, key))
  return configuration.addEnvironment(process.environment)
}

async function plainFiles(
  host: ComponentHost,
  { runtime, environmentName }: Process,
  names: readonly string[] = ['appsettings'],
): Promise<Configuration> {
  const files = names.flatMap((name) => [`${name}.json`, `${name}.${environmentName}.json`])
  const contents = await Promise.all(files.map((file) => read(host, runtime, file)))
  return contents.reduce<Configuration>((all, content) => all.add(content ?? {}), new Configuration())
}

async function read(host: ComponentHost, folder: string, name: string): Promise<JsonObject | undefined> {
  try {
    return parseDotnetJson(await readFile(hostPath(host, name, folder)))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (!(error instanceof DotnetJsonError)) throw error
    const file = `${folder}/${name}`.replaceAll('/', '\\')
    throw new StartRefused(
      'appsettings-malformed',
      `System.IO.InvalidDataException: Failed to load configuration from file '${file}'. ---> System.FormatException: Could not parse the JSON file. ---> ${error.type}: ${error.message}`,
      { cause: error },
    )
  }
}

/** Every text in it is encrypted by itself, as `Usercube-Protect-X509JsonFile` leaves a file (its form is assumed). */
async function decrypted(content: JsonObject, key: KeyObject): Promise<JsonObject> {
  const entries = Object.entries(content).map(
    async ([name, value]) => [name, await plain(value ?? null, key, name)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function plain(value: Json, key: KeyObject, name: string): Promise<Json> {
  if (Array.isArray(value)) return Promise.all(value.map((one: Json) => plain(one, key, name)))
  // Neither a list nor a text: an object, whose values are looked at in turn.
  if (typeof value === 'object' && value !== null) return decrypted(value as JsonObject, key)
  if (typeof value !== 'string') return value
  try {
    return (await decrypt(value, key)).toString('utf8')
  } catch (error) {
    if (!(error instanceof DecryptionFailed)) throw error
    throw new StartRefused(
      `encrypted-appsettings/${error.code}`,
      `The value of '${name}' in ${ENCRYPTED_APPSETTINGS} cannot be decrypted: ${error.message}.`,
      { cause: error },
    )
  }
}
