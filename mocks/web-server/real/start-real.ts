import { writeFileSync } from 'node:fs'
import { HarnessError } from '../../../harness/context/error.ts'
import { leafOf } from '../../../harness/host/certificate-setting.ts'
import type { RunningComponent } from '../../../harness/host/component.ts'
import type { Listening } from '../../../harness/host/component-host.ts'
import { speaking } from '../../../harness/host/server-tls.ts'
import type { webServerActions } from '../actions.ts'
import { productOf } from '../products/by-name.ts'
import type { WebServerStart } from '../references.ts'
import { limitsOf, trustAppServers, upstreamsOf } from '../site-parts.ts'
import { upstreamPlaces } from '../upstream-places.ts'
import { type Front, frontServer } from './front.ts'
import { LogKeeper } from './log-keeper.ts'
import { belowMinimum, programVersion } from './program-version.ts'
import { realApache } from './real-apache.ts'
import { realNginx } from './real-nginx.ts'
import type { RealProduct } from './real-product.ts'
import { RealServer } from './real-server.ts'
import { RequestTally } from './request-tally.ts'
import { siteAccount, siteFolder, writeCertificate } from './site-folder.ts'
import type { SitePlan } from './site-plan.ts'

/** The real nginx or Apache in front of the application servers, configured by the documented proxy map. */
export async function startRealWebServer(
  start: WebServerStart,
  path: string,
): Promise<RunningComponent<typeof webServerActions>> {
  const { host, settings } = start
  const product = productOf(settings.kind)
  const real: RealProduct = settings.kind === 'apache' ? realApache : realNginx
  await using starting = new AsyncDisposableStack()
  if (settings.trustAppServer) trustAppServers(start)

  const files = siteFolder(host)
  const upstreams = upstreamsOf(start)
  const account = siteAccount()
  const [version, leaf, places, listens] = await Promise.all([
    programVersion(path, real, host.signal),
    host.certificates.issue(leafOf(settings.certificate)),
    upstreamPlaces(host.lookup, upstreams),
    real.listens(files),
  ])
  const issued = speaking(settings.tls, leaf)
  writeCertificate(files, issued, host.trust.bundle())
  const tally = new RequestTally(upstreams, places, product.balancing.avoidMs)
  const lookAgain = async () => tally.foundAt(await upstreamPlaces(host.lookup, upstreams))
  const configure = () => {
    const plan: SitePlan = {
      ...{ fqdn: host.fqdn, httpsPort: settings.httpsPort, files, listens, account: account?.name },
      ...{ modules: settings.modules, verifyUpstream: settings.verifyUpstream },
      ...{ ciphers: issued.serverCiphers, version: issued.serverVersion },
      ...{ ...limitsOf(start, product), maxConnections: settings.maxConnections },
      upstreams: upstreams.map((upstream) => ({ ...upstream, down: tally.isDown(upstream.host) })),
    }
    writeFileSync(files.configuration, real.configuration(plan), { mode: 0o644 })
  }
  configure()

  const callers = new Map<string, string>()
  const keeper = starting.use(
    new LogKeeper({
      ...{ host, real, product, files, tally, maxLines: settings.logLines },
      callerAt: (address) => callers.get(address),
    }),
  )
  const doors: Listening[] = []
  const fronts: Front[] = []
  /** Who is not there refuses. */
  const fails = async (text: string) => {
    host.journal('service-failed', { text, closed: ['http', 'https'] })
    await Promise.all(doors.splice(0).map((door) => door[Symbol.asyncDispose]()))
  }
  const server = starting.use(
    new RealServer({
      ...{ name: `${real.name} on ${host.name}`, path, real, files, settleAt: listens.settle, keeper, account },
      onCrash: (text) => host.background('to close the ports of a web server that is gone', () => fails(text)),
    }),
  )
  const problem = product.startProblem(settings.modules)
  const closed = new Set<'http' | 'https'>(problem?.closed)
  /** What the landscape asks for is no defect of this machine: as with the product, the service does not run. */
  const isAskedFor = (error: unknown): error is HarnessError =>
    error instanceof HarnessError &&
    error.code === 'start-failed' &&
    (problem !== undefined || settings.upstreamAddresses !== undefined || real.isUnresolved(error.message))
  try {
    await server.start(host.signal)
    if (problem) host.journal('service-failed', { text: problem.text, closed: [...closed] })
  } catch (error) {
    if (!isAskedFor(error)) throw error
    for (const listen of ['http', 'https'] as const) closed.add(listen)
    host.journal('service-failed', { text: error.message, closed: [...closed] })
  }
  for (const listen of ['http', 'https'] as const) {
    if (closed.has(listen)) continue
    const front = frontServer({
      ...{
        host,
        port: listen === 'http' ? settings.httpPort : settings.httpsPort,
        maxConnections: settings.maxConnections,
      },
      dial: async () => {
        await server.standing()
        return real.dial(listens[listen])
      },
      onCaller: ({ host: name, address }) => void (name !== undefined && callers.set(address, name)),
    })
    fronts.push(front)
    doors.push(await host.listen(listen, front.server))
  }
  const owned = starting.move()
  const statistics = () => tally.statistics(server.openConnections(), performance.now())
  const warning = [belowMinimum(version, real), host.keylog && 'it gives nobody its TLS keys']
    .filter(Boolean)
    .join('; ')

  return {
    realness: { real: true, version: `${real.name} ${version}`, ...(warning === '' ? {} : { warning }) },
    settle: () => server.settle(),
    actions: {
      async statistics() {
        await server.settle()
        return statistics()
      },
      async 'set-upstream'({ host: name, down }) {
        const wasDown = tally.isDown(name)
        if (!tally.setDown(name, down)) {
          const text = `${name} is no application server of this web server.`
          return { ok: false, code: 'unknown-upstream', text }
        }
        configure()
        const kept = await server.reload(host.signal)
        if (kept !== undefined) {
          tally.setDown(name, wasDown)
          configure()
          return { ok: false, code: 'not-reloaded', text: kept }
        }
        await lookAgain()
        return { ok: true, ...statistics() }
      },
      async recycle() {
        const { openWebSockets } = statistics()
        // A program that ends waits for what is still open, Apache for seconds.
        try {
          await server.restart(host.signal, () => {
            for (const front of fronts) front.cut()
          })
          await lookAgain()
        } catch (error) {
          if (!isAskedFor(error)) throw error
          await fails(error.message)
        }
        host.journal('recycled', { webSocketsClosed: openWebSockets })
        return { webSocketsClosed: openWebSockets }
      },
      async 'access-log'({ last }) {
        await server.settle()
        return { lines: keeper.access.last(last) }
      },
      async 'error-log'({ last }) {
        await server.settle()
        return { lines: keeper.errors.last(last) }
      },
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
