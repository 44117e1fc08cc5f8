import { z } from 'zod'
import { certificateSetting } from '../../harness/host/certificate-setting.ts'
import { serverTlsSetting } from '../../harness/host/server-tls.ts'

const port = (standard: number) => z.int().min(1).max(65_535).default(standard)
const milliseconds = z.int().min(10).max(604_800_000)
const installed = z.boolean().default(true)

export const productNames = ['nginx', 'apache', 'iis'] as const
export type ProductName = (typeof productNames)[number]

export const webServerSettings = z.strictObject({
  kind: z.enum(productNames).default('nginx'),
  real: z
    .boolean()
    .default(true)
    .describe('In containers: the real nginx or Apache of the image; false: the simulated one, as on this machine.'),
  httpPort: port(80),
  httpsPort: port(443),
  certificate: certificateSetting,
  tls: serverTlsSetting,
  modules: z
    .strictObject({
      websocket: installed.describe('IIS: the WebSocket Protocol feature'),
      arr: installed.describe('IIS: Application Request Routing'),
      'url-rewrite': installed.describe('IIS: URL Rewrite'),
      proxy_http: installed.describe('Apache: mod_proxy_http'),
      proxy_wstunnel: installed.describe('Apache: mod_proxy_wstunnel'),
      rewrite: installed.describe('Apache: mod_rewrite'),
      ssl: installed.describe('Apache: mod_ssl'),
    })
    .prefault({})
    .describe('What is installed. A module of another product means nothing.'),
  trustAppServer: z
    .boolean()
    .default(true)
    .describe('The application servers’ certificates were imported into the machine’s trusted roots.'),
  verifyUpstream: z
    .boolean()
    .optional()
    .describe('Check the application servers’ certificates, or do not; the product’s default when absent.'),
  upstreamAddresses: z
    .array(z.string().min(1).max(253))
    .min(1)
    .optional()
    .describe(
      'Names or addresses in the generated configuration, one for each application server; their full names when absent.',
    ),
  connectTimeoutMs: milliseconds
    .optional()
    .describe('To an application server; half the landscape’s patience when absent (products: 21 to 60 s).'),
  apiReadTimeoutMs: milliseconds.optional().describe('Silence from 11016; the product’s default when absent.'),
  realtimeReadTimeoutMs: milliseconds.optional().describe('Silence on /realtime; the product’s default when absent.'),
  clientTimeoutMs: milliseconds
    .optional()
    .describe('For a client’s handshake, headers and body; the product’s default when absent.'),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(2 ** 40)
    .optional()
    .describe('The product’s default when absent.'),
  maxConnections: z.int().min(1).max(100_000).default(2_000).describe('Open connections on each port.'),
  logLines: z.int().min(10).max(100_000).default(1_000).describe('Lines that each log keeps.'),
})

export type WebServerSettings = z.output<typeof webServerSettings>
