import type { Server, Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, type SecureContext, type TLSSocket } from 'node:tls'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { messageOf } from '../../harness/context/error.ts'
import type { Caller } from '../../harness/host/component-host.ts'
import { secureOptionsOf } from '../../harness/host/server-tls.ts'
import type { MailServerContext, PortName } from './context.ts'
import { takeMail } from './incoming-mail.ts'
import { protocolLog } from './protocol-log.ts'
import { refusedWith, replies } from './reply.ts'

const MAX_JOURNALLED_LINE = 200
const MIN_TLS = 'TLSv1.2'

/** One port of the mail server, which does not listen itself. */
export interface SmtpPort extends AsyncDisposable {
  /** What takes accepted sockets: a `tls.Server` for implicit TLS. */
  readonly server: Server
  readonly connections: number
  renewCertificate(): void
}

export function smtpPort(context: MailServerContext, via: PortName): SmtpPort {
  const { host, settings, refusals, accounts } = context
  const implicit = via === 'smtps'
  const callers = new Map<string, Caller>()
  const taking = new Set<Promise<void>>()
  let secureContext: Promise<SecureContext> | undefined

  const clientOf = (id: string): string => {
    const caller = callers.get(id)
    return caller?.host ?? caller?.address ?? ''
  }
  const starttlsContext = (): Promise<SecureContext> => {
    secureContext ??= context.certificate().then((issued) => createSecureContext(secureOptionsOf(issued)))
    return secureContext
  }

  const options: SMTPServerOptions = {
    name: context.hostname,
    banner: 'ready',
    heloResponse: '%s greets %s',
    secure: implicit,
    secured: implicit, // our own tls.Server has taken TLS off
    size: settings.maxMessageBytes,
    rejectOversized: true,
    maxRecipients: settings.maxRecipients,
    maxClients: settings.maxConnections,
    socketTimeout: settings.idleTimeoutMs,
    closeTimeout: 1,
    disableReverseLookup: true,
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: via === 'smtp' || !settings.requireAuthOnSubmission,
    authRequiredMessage: replies['auth-required'].text,
    // Given, so that the library never speaks of its built-in certificate; the real one is in place before any greeting.
    SNICallback: (_name, callback) => callback(null, undefined),
    logger: protocolLog({
      maxLine: MAX_JOURNALLED_LINE,
      clientOf,
      refused: (facts) => host.journal('refused', { port: via, ...facts }),
    }),

    onConnect(session, callback) {
      const ordered = refusals.next('connect')
      if (ordered) return callback(refusedWith(ordered))
      if (implicit) return callback()
      if (!context.offersStarttls()) {
        session.disabledCommands = ['STARTTLS']
        return callback()
      }
      starttlsContext().then(
        (ready) => {
          smtp.secureContext.set('*', ready)
          callback()
        },
        (error: unknown) => {
          secureContext = undefined
          host.journal('certificate-unusable', { port: via, reason: messageOf(error) })
          session.disabledCommands = ['STARTTLS']
          callback()
        },
      )
    },
    onAuth({ method, username = '', password }, session, callback) {
      const ordered = refusals.next('auth')
      const client = clientOf(session.id)
      if (ordered) return callback(refusedWith(ordered))
      if (password === undefined || accounts.get(username) !== password) {
        return callback(refusedWith(replies['auth-invalid']))
      }
      host.journal('logged-in', { port: via, client, user: username, method })
      callback(null, { user: username })
    },
    onMailFrom(_address, session, callback) {
      const needsTls = settings.starttls === 'required' && !session.secure && context.offersStarttls()
      const reply = needsTls ? replies['starttls-required'] : refusals.next('mail')
      callback(reply && refusedWith(reply))
    },
    onRcptTo(_address, _session, callback) {
      const ordered = refusals.next('rcpt')
      callback(ordered && refusedWith(ordered))
    },
    onData(stream, session, callback) {
      const envelope = { via, caller: callerOf(session), ...envelopeOf(session) }
      const taken: Promise<void> = takeMail(context, envelope, stream)
        .then(
          (reply) => callback(reply && refusedWith(reply)),
          (error: unknown) => {
            host.journal('mail-cut-off', { port: via, client: clientOf(session.id), reason: messageOf(error) })
            callback(refusedWith(replies['local-error']))
          },
        )
        .finally(() => taking.delete(taken))
      taking.add(taken)
    },
    onClose: (session) => void callers.delete(session.id),
  }
  const callerOf = (session: SMTPServerSession): Caller =>
    callers.get(session.id) ?? { address: session.remoteAddress, port: session.remotePort }

  class PortServer extends SMTPServer {
    /** Gives the session the model's addresses in place of this machine's, and the ordered answer to STARTTLS. */
    override connect(socket: Socket | TLSSocket, given: Parameters<SMTPServer['connect']>[1]): void {
      const caller = host.callerOf(socket)
      const id = given?.id
      if (id !== undefined) callers.set(id, caller)
      super.connect(socket, {
        ...given,
        localAddress: host.address,
        remoteAddress: caller.address,
        remotePort: caller.port,
      })
      const connection = [...this.connections].at(-1)
      if (!connection) return
      if (this.connections.size <= settings.maxConnections) greetAtOnce(connection)
      if (implicit) return
      const upgrade = connection.handler_STARTTLS.bind(connection)
      connection.handler_STARTTLS = (command, callback) => {
        const ordered = refusals.next('starttls')
        if (!ordered) return upgrade(command, callback)
        connection.send(ordered.code, ordered.text)
        callback()
      }
    }
  }

  const smtp = new PortServer(options)
  smtp.on('error', (error: Error) => host.journal('connection-failed', { port: via, reason: error.message }))
  const onSocketError = (error: Error) => host.journal('connection-failed', { port: via, reason: error.message })
  // Between accepting and greeting nobody else listens for a socket's errors.
  smtp.server.prependListener('connection', (socket) => {
    keepListeners(socket)
    socket.on('error', onSocketError)
  })
  const sayGoodbye = () => {
    for (const connection of [...smtp.connections]) connection.send(421, `${context.hostname} Service closing`)
  }
  host.signal.addEventListener('abort', sayGoodbye, { once: true })
  const front = implicit
    ? createTlsServer({ minVersion: MIN_TLS, handshakeTimeout: settings.idleTimeoutMs })
    : undefined
  // A tls.Server reports a handshake that took too long, and leaves closing to whoever listens.
  front?.on('tlsClientError', (_error, socket) => void socket.destroy())
  front?.on('secureConnection', (socket) => void smtp.server.emit('connection', socket))

  return {
    server: front ?? smtp.server,
    get connections() {
      return smtp.connections.size
    },
    renewCertificate() {
      secureContext = undefined
    },
    async [Symbol.asyncDispose]() {
      host.signal.removeEventListener('abort', sayGoodbye)
      sayGoodbye()
      smtp.close()
      await Promise.all(taking)
    },
  }
}

/** The library waits 100 ms before it greets, to catch who talks too soon. Who talks within the same turn still is. */
function greetAtOnce(connection: { connectionReady(next?: () => void): void }): void {
  const greet = connection.connectionReady.bind(connection)
  let greeted = false
  connection.connectionReady = (next) => {
    if (greeted) return
    greeted = true
    greet(next)
  }
  setImmediate(() => connection.connectionReady())
}

function envelopeOf({ envelope, hostNameAppearsAs, tlsOptions, user }: SMTPServerSession) {
  return {
    helo: hostNameAppearsAs,
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    ...(tlsOptions ? { tls: { version: tlsOptions.version, cipher: tlsOptions.name } } : {}),
    ...(typeof user === 'string' ? { user } : {}),
  }
}

/**
 * With STARTTLS the library takes every listener off the socket. Those of whoever handed it over must stay: they learn from
 * them when it closes.
 */
function keepListeners(socket: Socket): void {
  const kept = socket.eventNames().flatMap((name) => socket.rawListeners(name).map((listener) => ({ name, listener })))
  const removeAll = socket.removeAllListeners.bind(socket)
  socket.removeAllListeners = (event?: string | symbol) => {
    removeAll(event)
    for (const { name, listener } of kept) {
      // Node's own signature for listeners of any event.
      if (event === undefined || event === name) socket.on(name, listener as (...args: unknown[]) => void)
    }
    return socket
  }
}
