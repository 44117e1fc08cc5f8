import { HarnessError } from '../../../harness/context/error.ts'
import type { Modules } from '../product.ts'
import type { Way } from '../upstreams.ts'

/** Files and folders of a real web server, all below its host's tree. */
export interface SiteFiles {
  readonly root: string
  readonly configuration: string
  readonly documents: string
  readonly certificate: string
  readonly key: string
  /** What an application server's certificate is held against, PEM. */
  readonly trusted: string
  /** In the product's own format. */
  readonly accessLog: string
  readonly errorLog: string
  /** The same requests with what the journal wants of them. */
  readonly entryLog: string
  readonly run: string
}

/** Where the program listens: only its host reaches it there, and says by the PROXY protocol who calls. */
export interface InnerListens {
  readonly http: string
  readonly https: string
  /** Answers an empty 204 and logs nothing: who has its answer knows that all requests before have been logged. */
  readonly settle: string
}

export interface PlannedUpstream {
  readonly name: string
  readonly ports: Readonly<Record<Way, number>>
  readonly down: boolean
}

/** All that a configuration is made of. */
export interface SitePlan {
  readonly fqdn: string
  readonly httpsPort: number
  readonly files: SiteFiles
  readonly listens: InnerListens
  readonly upstreams: readonly PlannedUpstream[]
  /** The account of the processes that speak with clients; undefined where nobody may change it. */
  readonly account: string | undefined
  /** OpenSSL's, where the certificate needs others than the documented ones. */
  readonly ciphers: string | undefined
  /** The only version of TLS that it speaks, as both programs call it; undefined: the documented ones. */
  readonly version: string | undefined
  readonly modules: Modules
  /** Whether application servers' certificates are checked; undefined: as the product does by itself. */
  readonly verifyUpstream: boolean | undefined
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: Readonly<Record<Way, number>>
  readonly clientTimeoutMs: number
  readonly maxBodyBytes: number
  readonly maxConnections: number
}

/** A name or address of a landscape file as a word of a configuration; whatever could mean more there is refused. */
export function configurationName(text: string): string {
  if (/^[\w.:[\]-]+$/.test(text)) return text
  throw new HarnessError(
    'usage',
    `"${text}" cannot stand in a web server’s configuration: give a host name or an address`,
  )
}

/** The documented suites: forward secret and authenticated. */
export const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
].join(':')
