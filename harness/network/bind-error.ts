import { codeOf, HarnessError, messageOf } from '../context/error.ts'
import { type Endpoint, endpointText } from './endpoint.ts'
import { findHolder, holderText } from './port-holder.ts'

/** What the operating system's refusal to bind means for the one who started the landscape. */
export async function bindError(
  cause: unknown,
  endpoint: Endpoint,
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<HarnessError> {
  const where = endpointText(endpoint)
  const { port, address } = endpoint
  switch (codeOf(cause)) {
    case 'EADDRINUSE': {
      // The system's table of UDP ports is not read: there who has it stays unsaid.
      const holder = protocol === 'tcp' ? await findHolder(endpoint) : undefined
      const own = holder?.pid === process.pid
      const who = own
        ? 'this program itself has it'
        : holder
          ? `${holderText(holder)} has it`
          : 'another program has it'
      const stop = own ? 'Stop what runs there' : holder?.pid ? `Stop process ${holder.pid}` : 'Stop that program'
      const text = `port ${port} cannot be opened at ${where}: ${who}. ${stop}, or give the component another port.`
      return new HarnessError('port-taken', text, { cause })
    }
    case 'EACCES':
    case 'EPERM': {
      const text = `port ${port} cannot be opened at ${where}: this user may not open ports below 1024. Run as root, lower net.ipv4.ip_unprivileged_port_start, or let the landscape map its ports.`
      return new HarnessError('platform-unsupported', text, { cause })
    }
    case 'EADDRNOTAVAIL': {
      const text = `this system has no address ${address}, so port ${port} cannot be opened there. Let the landscape map its ports to 127.0.0.1.`
      return new HarnessError('platform-unsupported', text, { cause })
    }
    case 'EMFILE':
    case 'ENFILE': {
      const text = `port ${port} cannot be opened at ${where}: too many open files. Raise the limit (ulimit -n), or make the landscape smaller.`
      return new HarnessError('start-failed', text, { cause })
    }
    default:
      return new HarnessError('start-failed', `port ${port} cannot be opened at ${where}: ${messageOf(cause)}`, {
        cause,
      })
  }
}
