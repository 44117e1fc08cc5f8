import type { JsonObject } from '../../../../harness/context/json.ts'
import { Configuration } from '../configuration/configuration.ts'

/** `MailSettings` as they would be with a change in appsettings.json: the environment still beats it. */
export function changedMailSettings(
  configuration: Configuration,
  environment: Readonly<Record<string, string>>,
  change: JsonObject | undefined,
): Configuration {
  if (!change) return configuration
  const changed = new Configuration().add({ MailSettings: configuration.get('MailSettings') ?? {} })
  return changed.add({ MailSettings: change }).addEnvironment(environment)
}
