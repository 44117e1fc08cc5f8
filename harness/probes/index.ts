import { dnsProbe } from './dns.ts'
import { httpProbe } from './http.ts'
import type { AnyProbe } from './probe.ts'
import { smtpProbe } from './smtp.ts'
import { sqlProbe } from './sql.ts'
import { tcpProbe } from './tcp.ts'
import { tlsProbe } from './tls.ts'
import { webSocketProbe } from './websocket.ts'

export { AttemptEnded, type Failure, failureOf } from './ended-by.ts'
export type { ClientError, EndedBy, Observation } from './observation.ts'
export { type Facts, observe, type Question } from './observe.ts'
export type { AnyProbe, Probe, ProbeEnvironment } from './probe.ts'

const probes: readonly AnyProbe[] = [dnsProbe, tcpProbe, tlsProbe, httpProbe, webSocketProbe, sqlProbe, smtpProbe]

/** The probes that every host has, by name; a mock brings its own beside these. */
export const standardProbes: ReadonlyMap<string, AnyProbe> = new Map(probes.map((probe) => [probe.name, probe]))
