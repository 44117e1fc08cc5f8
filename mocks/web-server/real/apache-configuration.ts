import type { Way } from '../upstreams.ts'
import { CIPHERS, configurationName, type SitePlan } from './site-plan.ts'

/** Fields of a line of the entry log, in their order; `-` where there is nothing to say. */
const ENTRY_FIELDS = ['%a', '%r', '%>s', '%{BALANCER_WORKER_NAME}e', '%{Content-Type}o']

/** What Debian's package loads by itself, as far as this site needs it. */
const BASE_MODULES = ['mpm_event', 'authz_core', 'dir', 'mime', 'reqtimeout', 'setenvif', 'remoteip']

const schemes: Readonly<Record<Way, string>> = { api: 'https', realtime: 'wss' }

const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1_000))

/**
 * Apache before the application servers. What the vendor generates for it is not public: the documented paths and modules, with a
 * balancer for one server too, so that a server that came back is tried at once (assumed).
 */
export function apacheConfiguration(plan: SitePlan, moduleFolder: string): string {
  const { files, listens, modules } = plan
  const fqdn = configurationName(plan.fqdn)
  const client = seconds(plan.clientTimeoutMs)
  const loaded = [
    ...BASE_MODULES,
    ...(modules.ssl ? ['socache_shmcb', 'ssl'] : []),
    ...['proxy', 'slotmem_shm', 'proxy_balancer', 'lbmethod_byrequests'],
    ...(modules.proxy_http ? ['proxy_http'] : []),
    ...(modules.proxy_wstunnel ? ['proxy_wstunnel'] : []),
    ...(modules.rewrite ? ['rewrite'] : []),
  ]
  return `ServerRoot "${files.root}"
DefaultRuntimeDir "${files.run}"
PidFile "${files.run}/apache2.pid"
${plan.account === undefined ? '' : `User ${plan.account}\nGroup ${plan.account}\n`}ServerName ${fqdn}
ServerAdmin webmaster@localhost
ServerTokens OS
ServerSignature On
${loaded.map((name) => `LoadModule ${name}_module "${moduleFolder}/mod_${name}.so"`).join('\n')}

StartServers 2
ThreadsPerChild 25
MaxRequestWorkers 150

ErrorLog "${files.errorLog}"
LogLevel notice ssl:info core:info
LogFormat "%a %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "${ENTRY_FIELDS.join('\\t')}" entry
TypesConfig /dev/null
AddType text/html .html
AddType application/javascript .js
DirectoryIndex index.html
RequestReadTimeout handshake=${client} header=${client} body=${client}
LimitRequestBody ${plan.maxBodyBytes}

<Directory "${files.documents}">
  AllowOverride None
  Require all granted
</Directory>

Listen ${listens.http}
<VirtualHost ${listens.http}>
  ServerName ${fqdn}:80
  RemoteIPProxyProtocol On
  CustomLog "${files.accessLog}" combined
  CustomLog "${files.entryLog}" entry
  RewriteEngine On
  RewriteRule ^ https://%{SERVER_NAME}${plan.httpsPort === 443 ? '' : `:${plan.httpsPort}`}%{REQUEST_URI} [R=301,L,NE]
</VirtualHost>

Listen ${listens.settle}
<VirtualHost ${listens.settle}>
  ServerName settle
  RewriteEngine On
  RewriteRule ^ - [R=204,L]
</VirtualHost>

<IfModule mod_ssl.c>
SSLSessionCache "shmcb:${files.run}/ssl_scache(512000)"
Listen ${listens.https}
<VirtualHost ${listens.https}>
  ServerName https://${fqdn}:${plan.httpsPort}
  RemoteIPProxyProtocol On
  CustomLog "${files.accessLog}" combined
  CustomLog "${files.entryLog}" entry
  DocumentRoot "${files.documents}"

  SSLEngine on
  SSLCertificateFile "${files.certificate}"
  SSLCertificateKeyFile "${files.key}"
  SSLProtocol -all ${plan.version ? `+${plan.version}` : '+TLSv1.2 +TLSv1.3'}
  SSLCipherSuite ${plan.ciphers ?? CIPHERS}

  SSLProxyEngine on
${verification(plan)}
${balancer(plan, 'api')}
${balancer(plan, 'realtime')}

  RewriteEngine On
  RewriteCond %{REQUEST_URI} !^/(api|realtime)(/|$)
  RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f
  RewriteRule ^ /index.html [L]
</VirtualHost>
</IfModule>
`
}

function verification({ verifyUpstream, files }: SitePlan): string {
  if (verifyUpstream === undefined)
    return '  # Name and expiry are checked, the chain is not: what the module does by itself.'
  if (!verifyUpstream) {
    return ['SSLProxyVerify none', 'SSLProxyCheckPeerName off', 'SSLProxyCheckPeerExpire off']
      .map((line) => `  ${line}`)
      .join('\n')
  }
  return `  SSLProxyVerify require\n  SSLProxyVerifyDepth 5\n  SSLProxyCACertificateFile "${files.trusted}"`
}

function balancer(plan: SitePlan, way: Way): string {
  const members = plan.upstreams.map(({ name, ports, down }) => {
    const options = `connectiontimeout=${plan.connectTimeoutMs}ms timeout=${seconds(plan.readTimeoutMs[way])} retry=60`
    return `    BalancerMember ${schemes[way]}://${configurationName(name)}:${ports[way]} ${options}${down ? ' status=+D' : ''}`
  })
  return `  ProxyPass /${way} balancer://${way}
  <Proxy balancer://${way}>
${members.join('\n')}
    ProxySet lbmethod=byrequests
  </Proxy>`
}
