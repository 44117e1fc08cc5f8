import type { JsonObject } from '../../harness/context/json.ts'

/** A real client library asking one question from one host to one port of another. */
export interface ConformanceClient {
  readonly client: string
  readonly from: string
  readonly to: string
  readonly port: number
  readonly probe: string
  readonly input: JsonObject
}

/** Every client library that probes use, over the documented flows of `password-secure`. */
export const clients: readonly ConformanceClient[] = [
  {
    client: 'net',
    from: 'client1',
    to: 'app1',
    port: 11_011,
    probe: 'tcp',
    input: { host: 'app1.corp.example', port: 11_011 },
  },
  {
    client: 'tls',
    from: 'client1',
    to: 'app1',
    port: 11_011,
    probe: 'tls',
    input: { host: 'app1.corp.example', port: 11_011 },
  },
  {
    client: 'undici',
    from: 'client1',
    to: 'web1',
    port: 443,
    probe: 'http',
    input: { url: 'https://web1.corp.example/' },
  },
  {
    client: 'ws',
    from: 'client1',
    to: 'app1',
    port: 11_018,
    probe: 'websocket',
    input: { url: 'wss://app1.corp.example:11018/' },
  },
  {
    client: 'tedious',
    from: 'app1',
    to: 'sql1',
    port: 1433,
    probe: 'sql',
    input: { host: 'sql1.corp.example', user: 'nobody', password: 'Nothing-2026!' },
  },
  {
    client: 'nodemailer',
    from: 'app1',
    to: 'mail1',
    port: 587,
    probe: 'smtp',
    input: { host: 'mail1.corp.example', port: 587 },
  },
]
