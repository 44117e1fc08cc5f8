import type { ActionHandlers } from '../../../../harness/host/component.ts'
import { NotificationFailed } from './failure.ts'
import type { mailActions } from './mail-actions.ts'
import type { Notifications } from './notifications.ts'
import { writtenMails } from './written-mails.ts'

/** The answers to `mailActions`; `current` is asked each time, as the settings may have been read anew. */
export const mailHandlers = (
  current: () => Notifications | Promise<Notifications>,
): ActionHandlers<typeof mailActions> => ({
  async notify(notification, signal) {
    try {
      const { sent, dropped, rejected, ...more } = await (await current()).send(notification, signal)
      return { ok: true, sent: [...sent], dropped: [...dropped], ...(rejected && { rejected: [...rejected] }), ...more }
    } catch (error) {
      if (!(error instanceof NotificationFailed)) throw error
      const { exception, code, message, responseCode } = error
      return { ok: false, exception, code, text: message, ...(responseCode === undefined ? {} : { responseCode }) }
    }
  },
  async 'written-mails'({ subject }) {
    const { pickup } = await current()
    if (!pickup) return { mails: [] }
    const mails = await writtenMails(pickup.path)
    const wanted = subject === undefined ? mails : mails.filter((mail) => mail.subject.includes(subject))
    return { directory: pickup.directory, mails: [...wanted] }
  },
})
