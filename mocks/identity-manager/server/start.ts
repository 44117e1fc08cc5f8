import { sqlLibrary } from '../../../harness/clients/index.ts'
import { leafOf } from '../../../harness/host/certificate-setting.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import { speaking } from '../../../harness/host/server-tls.ts'
import { selfSignedLibrary } from '../../../harness/pki/index.ts'
import { keptCertificate } from '../kept-certificate.ts'
import type { serverActions } from './actions.ts'
import { serverHandlers } from './handlers.ts'
import { processAccount } from './hosting/process-account.ts'
import { ServerProcess } from './hosting/server-process.ts'
import { createSite } from './hosting/site.ts'
import { windowsAuthority } from './hosting/windows-authority.ts'
import { Installation } from './installation/installation.ts'
import { type ApplicationProcess, startApplication } from './product/application.ts'
import { StartRefused } from './product/start-refused.ts'
import type { ServerStart } from './references.ts'

/** What its start loads when it comes to it: its key pairs, its database. */
export const serverParts = () => Promise.all([selfSignedLibrary(), sqlLibrary()])

export async function startServer(start: ServerStart): Promise<RunningComponent<typeof serverActions>> {
  const { host, settings } = start
  const installation = new Installation(start)
  const directory = await installation.install()
  await using starting = new AsyncDisposableStack()
  const described = processOf(start, installation.runtime)
  const process = starting.use(
    new ServerProcess(host, () => {
      refuseManagedRuntime(start)
      return startApplication(host, described)
    }),
  )
  const { hosting, iis } = settings
  // Under IIS only preloading starts the application without a request.
  const lazy = hosting === 'iis' && !(iis.preloadEnabled && iis.applicationPool.startMode === 'AlwaysRunning')
  if (!lazy) await process.start()

  const https = createSite(host, settings, process)
  // It never listened, so closing it only stops its watch over slow requests and its idle connections.
  starting.defer(() => void https.close())
  // IIS listens whatever becomes of the application; a service that does not start listens nowhere.
  if (hosting === 'iis' || process.state === 'running') {
    const wish = { ...leafOf(settings.certificate), names: settings.hostNames }
    const certificate = async () => speaking(settings.tls, await keptCertificate(host, wish))
    starting.use(await host.listen('https', https, { certificate }))
  }
  const owned = starting.move()
  return {
    actions: serverHandlers({ start, process, installation, directory, account: processAccount(settings, host) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function processOf({ host, settings, references }: ServerStart, runtime: string): ApplicationProcess {
  const { hosting, iis, environmentName, environment, serviceAccount } = settings
  const { enabled, jobs, schedules } = settings.integratedAgent
  const windows = hosting === 'iis' && iis.windowsAuthentication && references.directory
  return {
    runtime,
    environmentName,
    environment,
    sqlIdentity: processAccount(settings, host).isComputer
      ? { type: 'computer' }
      : { type: 'account', name: serviceAccount.name, password: serviceAccount.password },
    windows: windows ? windowsAuthority(host, windows) : undefined,
    anonymous: hosting !== 'iis' || iis.anonymousAuthentication,
    sessionDefect: settings.sessionDefect,
    mail: references.mail,
    agent: enabled ? { jobs, schedules, mail: references.mail } : undefined,
  }
}

/** "No Managed Code" is mandatory: what IIS does with another setting is not documented, and a failed start is assumed. */
function refuseManagedRuntime({ settings: { hosting, iis } }: ServerStart): void {
  const version = iis.applicationPool.managedRuntimeVersion
  if (hosting !== 'iis' || version === '') return
  throw new StartRefused(
    'application-pool/managed-runtime',
    `The application pool loads the .NET CLR ${version}: "No Managed Code" is required.`,
  )
}
