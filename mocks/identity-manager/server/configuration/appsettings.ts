import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { codeOf } from '../../../../harness/context/error.ts'
import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { DecryptionFailed } from '../../encryption/encrypted-file.ts'
import { decryptValues } from '../../encryption/encrypted-values.ts'
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
export const ENCRYPTED_AGENT_APPSETTINGS = 'appsettings.encrypted.agent.json'

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
 * The same with the encrypted file, whose values beat those of the plain ones. That environment variables beat it in turn is
 * assumed.
 */
export async function withEncryptedAppsettings(
  host: ComponentHost,
  process: Process,
  key: KeyObject,
  { names, file }: { readonly names?: readonly string[]; readonly file: string } = { file: ENCRYPTED_APPSETTINGS },
): Promise<Configuration> {
  const encrypted = await read(host, process.runtime, file)
  const configuration = await plainFiles(host, process, names)
  if (encrypted) configuration.add(await decrypted(file, encrypted, key))
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

async function decrypted(file: string, content: JsonObject, key: KeyObject): Promise<JsonObject> {
  try {
    return await decryptValues(content, key)
  } catch (error) {
    if (!(error instanceof DecryptionFailed)) throw error
    const text = `${file} cannot be decrypted: ${error.message}`
    throw new StartRefused(`encrypted-appsettings/${error.code}`, text, { cause: error })
  }
}
