import type { JsonObject } from '../../../../harness/context/json.ts'
import type { ActionHandlers } from '../../../../harness/host/component.ts'
import { NotificationFailed } from './failure.ts'
import type { mailActions } from './mail-actions.ts'
import type { Notifications } from './notifications.ts'
import { writtenMails } from './written-mails.ts'

/** Why there are no notifications: no process runs, or the settings are not what they have to be. */
export interface NoNotifications {
  readonly ok: false
  readonly code: string
  readonly text: string
}

/** The notifications of now, or those that `MailSettings` with a change would give. */
export type CurrentNotifications = (
  change: JsonObject | undefined,
) => Notifications | NoNotifications | Promise<Notifications | NoNotifications>

/** The answers to `mailActions`; `current` is asked each time, as the settings may have been read anew. */
export const mailHandlers = (current: CurrentNotifications): ActionHandlers<typeof mailActions> => ({
  async notify({ mailSettings, ...notification }, signal) {
    const notifications = await current(mailSettings)
    if ('ok' in notifications) return notifications
    try {
      const { sent, dropped, rejected, ...more } = await notifications.send(notification, signal)
      return { ok: true, sent: [...sent], dropped: [...dropped], ...(rejected && { rejected: [...rejected] }), ...more }
    } catch (error) {
      if (!(error instanceof NotificationFailed)) throw error
      const { exception, code, message, responseCode } = error
      return { ok: false, exception, code, text: message, ...(responseCode === undefined ? {} : { responseCode }) }
    }
  },
  async 'written-mails'({ subject, mailSettings }) {
    const notifications = await current(mailSettings)
    if ('ok' in notifications || !notifications.pickup) return { mails: [] }
    const { directory, path } = notifications.pickup
    const mails = await writtenMails(path)
    const wanted = subject === undefined ? mails : mails.filter((mail) => mail.subject.includes(subject))
    return { directory, mails: [...wanted] }
  },
})
