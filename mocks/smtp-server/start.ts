import { leafOf } from '../../harness/host/certificate-setting.ts'
import type { ComponentStart, RunningComponent } from '../../harness/host/component.ts'
import { speaking } from '../../harness/host/server-tls.ts'
import type { Issued } from '../../harness/pki/issued.ts'
import type { smtpServerActions } from './actions.ts'
import type { MailServerContext } from './context.ts'
import { Mailbox } from './mailbox.ts'
import { Refusals } from './refusals.ts'
import type { smtpServerSettings } from './settings.ts'

type Start = ComponentStart<typeof smtpServerSettings, Record<never, never>>

/** What it is made of beside this file; not loaded by who only reads the landscape. */
export const smtpServerParts = () => Promise.all([import('./smtp-port.ts'), import('postal-mime')])

/** Starts the mail server on its three ports. */
export async function startSmtpServer({ host, settings }: Start): Promise<RunningComponent<typeof smtpServerActions>> {
  const [{ smtpPort }, { default: parser }] = await smtpServerParts()
  const accounts = new Map(settings.accounts.map(({ user, password }) => [user, password]))
  const mailbox = new Mailbox({ maxMails: settings.maxMails, maxBytes: settings.maxMailboxBytes })
  const refusals = new Refusals()
  let offered = settings.starttls !== 'not-offered'
  let issued: Promise<Issued> | undefined
  const context: MailServerContext = {
    host,
    settings,
    hostname: settings.hostname ?? host.fqdn,
    accounts,
    mailbox,
    refusals,
    parser,
    offersStarttls: () => offered,
    certificate() {
      issued ??= host.certificates.issue(leafOf(settings.certificate)).then(
        (leaf) => speaking(settings.tls, leaf),
        (error: unknown) => {
          issued = undefined
          throw error
        },
      )
      return issued
    },
  }

  await using starting = new AsyncDisposableStack()
  const smtp = starting.use(smtpPort(context, 'smtp'))
  const smtps = starting.use(smtpPort(context, 'smtps'))
  const submission = starting.use(smtpPort(context, 'submission'))
  starting.use(await host.listen('smtp', smtp.server))
  const secure = starting.use(await host.listen('smtps', smtps.server, { certificate: context.certificate }))
  starting.use(await host.listen('submission', submission.server))
  const owned = starting.move()

  const ordered = () => ({ refusals: refusals.list() })
  return {
    actions: {
      search: ({ atLeast, waitMs, ...query }, signal) =>
        atLeast === 0
          ? mailbox.search(query)
          : mailbox.waitFor(query, atLeast, AbortSignal.any([signal, host.signal, AbortSignal.timeout(waitMs)])),
      clear: () => ({ cleared: mailbox.clear() }),
      'add-account': ({ user, password }) => ({ accounts: accounts.set(user, password).size }),
      'remove-account': ({ user }) => {
        accounts.delete(user)
        return { accounts: accounts.size }
      },
      refuse: (refusal) => {
        refusals.order(refusal)
        return ordered()
      },
      accept: ({ stage }) => {
        refusals.end(stage)
        return ordered()
      },
      'set-starttls': (wanted) => {
        offered = wanted.offered
        return { offered }
      },
      'renew-certificate': () => {
        issued = undefined
        secure.renewCertificate()
        for (const port of [smtp, submission]) port.renewCertificate()
        return {}
      },
      connections: () => ({
        smtp: smtp.connections,
        smtps: smtps.connections,
        submission: submission.connections,
      }),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
