import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../../../harness/context/error.ts'
import type { JsonObject } from '../../../../harness/context/json.ts'
import { StartRefused } from '../product/start-refused.ts'
import { Configuration } from './configuration.ts'
import { DotnetJsonError, parseDotnetJson } from './dotnet-json.ts'

export interface Process {
  /** The folder `Runtime`, where the executable is. */
  readonly runtime: string
  /** ASPNETCORE_ENVIRONMENT */
  readonly environmentName: string
  readonly environment: Readonly<Record<string, string>>
}

/** Environment variables over appsettings.ENVIRONMENT.json over appsettings.json. */
export async function readAppsettings(process: Process): Promise<Configuration> {
  const [base, ofEnvironment] = await Promise.all([
    read(process.runtime, 'appsettings.json'),
    read(process.runtime, `appsettings.${process.environmentName}.json`),
  ])
  return new Configuration()
    .add(base ?? {})
    .add(ofEnvironment ?? {})
    .addEnvironment(process.environment)
}

async function read(folder: string, name: string): Promise<JsonObject | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(join(folder, name))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return parseDotnetJson(bytes)
  } catch (error) {
    if (!(error instanceof DotnetJsonError)) throw error
    throw new StartRefused(
      'appsettings-malformed',
      `System.IO.InvalidDataException: Failed to load configuration from file '${name}'. ---> System.FormatException: Could not parse the JSON file. ---> ${error.type}: ${error.message}`,
      { cause: error },
    )
  }
}
