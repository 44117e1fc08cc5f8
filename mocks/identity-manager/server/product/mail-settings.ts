import { bind } from '../configuration/bind.ts'
import type { Configuration } from '../configuration/configuration.ts'
import { type MailSettings, mailSettings } from '../mail/settings.ts'

/** Without the section there is no mail. */
export function mailSettingsOf(configuration: Configuration): MailSettings {
  if (configuration.get('MailSettings') === undefined) return mailSettings.parse({ Enabled: false })
  return bind(configuration, 'MailSettings', mailSettings)
}
