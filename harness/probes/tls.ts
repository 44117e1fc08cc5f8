import { z } from 'zod'
import { sessionFacts } from './certificate-chain.ts'
import { AttemptEnded } from './ended-by.ts'
import { given, hostInput, portInput, servernameInput, trustInput } from './input.ts'
import { observe } from './observe.ts'
import type { Probe } from './probe.ts'
import { socketFacts } from './socket-facts.ts'

const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional()

const input = z.strictObject({
  host: hostInput,
  port: portInput(443),
  servername: servernameInput,
  trust: trustInput,
  minVersion: version.describe('oldest protocol version offered'),
  maxVersion: version.describe('newest protocol version offered'),
  checkRevocation: z
    .boolean()
    .default(false)
    .describe('fetch the revocation lists that the certificates name and refuse what is on them, or has none'),
  alpn: z.array(z.string()).optional().describe('application protocols to offer (ALPN)'),
})

/**
 * A TLS handshake from the first byte: what was agreed, and every certificate that the server sent, also when it is
 * refused. A server that refuses the client's certificate under TLS 1.3 does so after the handshake: that is not seen here.
 */
export const tlsProbe: Probe<typeof input> = {
  name: 'tls',
  summary: 'Shake hands by TLS and read the certificates',
  input,
  run: (environment, settings, signal) => {
    const { checkRevocation, ...wishes } = settings
    const { host, port } = wishes
    return observe(environment, { probe: 'tls', client: 'tls', to: host, port, signal }, async (facts) => {
      let chain: readonly string[] = []
      const shake = async (crl?: readonly string[]) => {
        const socket = await environment.clients.tls.connect({
          ...given(wishes),
          signal,
          ...(crl && { crl }),
          onSession: (session) => {
            facts.tls = sessionFacts(session)
            chain = session.chain
          },
        })
        facts.tcp = socketFacts(socket)
        socket.destroy()
      }
      await shake()
      if (!checkRevocation) return
      const { fetchRevocation } = await import('./fetch-revocation.ts')
      const fetched = await fetchRevocation(environment.clients.http, chain, signal)
      facts.revocation = [...fetched.facts]
      // Node checks revocation where it is given a list, and only there; without any, this is what it would say.
      if (fetched.lists.length === 0) {
        throw new AttemptEnded('local', 'UNABLE_TO_GET_CRL', 'unable to get certificate CRL')
      }
      await shake(fetched.lists)
    })
  },
}
