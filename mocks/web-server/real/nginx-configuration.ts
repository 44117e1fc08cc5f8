import type { Way } from '../upstreams.ts'
import { CIPHERS, configurationName, type PlannedUpstream, type SitePlan } from './site-plan.ts'

/** Fields of a line of the entry log, in their order; `-` where there is nothing to say. */
const ENTRY_FIELDS = ['proxy_protocol_addr', 'request', 'status', 'upstream_addr', 'upstream_header_time'] as const

const groups: Readonly<Record<Way, string>> = { api: 'application_servers', realtime: 'application_servers_realtime' }

const indented = (lines: readonly string[], depth: number): string =>
  lines.map((line) => `${'  '.repeat(depth)}${line}`).join('\n')

/**
 * nginx before the application servers, by the documented proxy map (facts.md 4.1): one server is named where it is passed on
 * to, several are a group (assumed: nothing is documented for several).
 */
export function nginxConfiguration(plan: SitePlan): string {
  const { files, listens, maxConnections } = plan
  return `daemon off;
${plan.account === undefined ? '' : `user ${plan.account};\n`}worker_processes 1;
pid "${files.run}/nginx.pid";
error_log "${files.errorLog}" info;

events {
  # A client, and the application server behind it.
  worker_connections ${Math.min(65_535, maxConnections * 2 + 64)};
}

http {
  types {
    text/html html;
    application/javascript js;
  }
  default_type application/octet-stream;
  server_names_hash_bucket_size 256;
  log_format entry '${ENTRY_FIELDS.map((field) => `$${field}`).join('\\t')}';
  # combined, with the caller of a request that was not even read.
  log_format site '$proxy_protocol_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
  access_log "${files.accessLog}" site;
  access_log "${files.entryLog}" entry;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path "${files.run}/${name}";`).join('\n')}
  client_header_timeout ${plan.clientTimeoutMs}ms;
  client_body_timeout ${plan.clientTimeoutMs}ms;
  client_max_body_size ${plan.maxBodyBytes};
  # The host's door tells who calls.
  set_real_ip_from unix:;
  real_ip_header proxy_protocol;
${soleUpstream(plan) ? '' : `\n${group(plan, 'api')}\n${group(plan, 'realtime')}`}
  server {
    listen unix:${listens.http} proxy_protocol default_server;
    server_name _;
    return 301 https://$host${plan.httpsPort === 443 ? '' : `:${plan.httpsPort}`}$request_uri;
  }

  server {
    listen unix:${listens.https} ssl proxy_protocol default_server;
    server_name ${configurationName(plan.fqdn)};
    root "${files.documents}";
    index index.html;

    ssl_certificate "${files.certificate}";
    ssl_certificate_key "${files.key}";
    ssl_protocols ${plan.version ?? 'TLSv1.2 TLSv1.3'};
    ssl_ciphers ${plan.ciphers ?? CIPHERS};

    # Misspelt and without a value, as in the documented site.
    add_header X-Frame-Options SAMEORIGIN;
    add_header Content-Security-Policy frame-ancestors;
    add_header Strict-Transport-Policy "max-age=31536000";

    location / {
      try_files $uri $uri/ /index.html =404;
    }

    location /api {
${indented([`proxy_pass ${target(plan, 'api')};`, ...proxyLines(plan, 'api')], 3)}
    }

    location /realtime {
${indented(
  [
    `proxy_pass ${target(plan, 'realtime')};`,
    'proxy_http_version 1.1;',
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection "upgrade";',
    ...proxyLines(plan, 'realtime'),
  ],
  3,
)}
    }
  }

  server {
    listen unix:${listens.settle};
    access_log off;
    return 204;
  }
}
`
}

/** One that is taken out needs a group, where it can be marked so. */
function soleUpstream({ upstreams }: SitePlan): PlannedUpstream | undefined {
  const [only, ...others] = upstreams
  return others.length === 0 && only?.down === false ? only : undefined
}

function target(plan: SitePlan, way: Way): string {
  const only = soleUpstream(plan)
  return only ? `https://${configurationName(only.name)}:${only.ports[way]}/` : `https://${groups[way]}/`
}

function group({ upstreams }: SitePlan, way: Way): string {
  const servers = upstreams.map(
    ({ name, ports, down }) => `server ${configurationName(name)}:${ports[way]}${down ? ' down' : ''};`,
  )
  return `  upstream ${groups[way]} {\n${indented(servers, 2)}\n  }\n`
}

function proxyLines(plan: SitePlan, way: Way): string[] {
  const [first] = plan.upstreams
  return [
    'proxy_set_header Host $host;',
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    `proxy_connect_timeout ${plan.connectTimeoutMs}ms;`,
    `proxy_read_timeout ${plan.readTimeoutMs[way]}ms;`,
    ...(plan.verifyUpstream
      ? [
          'proxy_ssl_verify on;',
          'proxy_ssl_verify_depth 5;',
          `proxy_ssl_trusted_certificate "${plan.files.trusted}";`,
          'proxy_ssl_server_name on;',
          // A group's own name is in no certificate.
          `proxy_ssl_name ${configurationName(first?.name ?? plan.fqdn)};`,
        ]
      : []),
  ]
}
