import { expect, test } from 'vitest'
import { apacheConfiguration } from '../../../../mocks/web-server/real/apache-configuration.ts'
import { nginxConfiguration } from '../../../../mocks/web-server/real/nginx-configuration.ts'
import { nginxPlan, oneUpstream, samplePlan } from './site-plan-sample.ts'

const MODULES = '/usr/lib/apache2/modules'
/** The lines in which a configuration differs from the first one. */
const added = (before: string, after: string): string[] => {
  const known = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !known.has(line))
}

test('nginx passes on to one application server by its name, as documented', () => {
  expect(nginxConfiguration(oneUpstream)).toMatchInlineSnapshot(`
    "daemon off;
    user www-data;
    worker_processes 1;
    pid "/site/run/nginx.pid";
    error_log "/site/log/error.log" info;

    events {
      # A client, and the application server behind it.
      worker_connections 4064;
    }

    http {
      types {
        text/html html;
        application/javascript js;
      }
      default_type application/octet-stream;
      server_names_hash_bucket_size 256;
      log_format entry '$proxy_protocol_addr\\t$request\\t$status\\t$upstream_addr\\t$upstream_header_time';
      # combined, with the caller of a request that was not even read.
      log_format site '$proxy_protocol_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
      access_log "/site/log/access.log" site;
      access_log "/site/log/entries.log" entry;
      client_body_temp_path "/site/run/client_body";
      proxy_temp_path "/site/run/proxy";
      fastcgi_temp_path "/site/run/fastcgi";
      uwsgi_temp_path "/site/run/uwsgi";
      scgi_temp_path "/site/run/scgi";
      client_header_timeout 60000ms;
      client_body_timeout 60000ms;
      client_max_body_size 1048576;
      # The host's door tells who calls.
      set_real_ip_from unix:;
      real_ip_header proxy_protocol;

      server {
        listen unix:/site/run/http.sock proxy_protocol default_server;
        server_name _;
        return 301 https://$host$request_uri;
      }

      server {
        listen unix:/site/run/https.sock ssl proxy_protocol default_server;
        server_name web1.corp.example;
        root "/site/www/html";
        index index.html;

        ssl_certificate "/site/certs/Web Application.crt";
        ssl_certificate_key "/site/certs/Web Application.key";
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384;

        # Misspelt and without a value, as in the documented site.
        add_header X-Frame-Options SAMEORIGIN;
        add_header Content-Security-Policy frame-ancestors;
        add_header Strict-Transport-Policy "max-age=31536000";

        location / {
          try_files $uri $uri/ /index.html =404;
        }

        location /api {
          proxy_pass https://app1.corp.example:11016/;
          proxy_set_header Host $host;
          proxy_set_header X-Real-IP $remote_addr;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_connect_timeout 500ms;
          proxy_read_timeout 90000ms;
        }

        location /realtime {
          proxy_pass https://app1.corp.example:11018/;
          proxy_http_version 1.1;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection "upgrade";
          proxy_set_header Host $host;
          proxy_set_header X-Real-IP $remote_addr;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_connect_timeout 500ms;
          proxy_read_timeout 86400000ms;
        }
      }

      server {
        listen unix:/site/run/settle.sock;
        access_log off;
        return 204;
      }
    }
    "
  `)
})

test('nginx spreads over a group where there are several, or where the one is taken out', () => {
  expect(added(nginxConfiguration(oneUpstream), nginxConfiguration(nginxPlan))).toMatchInlineSnapshot(`
    [
      "  upstream application_servers {",
      "    server app1.corp.example:11016;",
      "    server app2.corp.example:11016 down;",
      "  upstream application_servers_realtime {",
      "    server app1.corp.example:11018;",
      "    server app2.corp.example:11018 down;",
      "      proxy_pass https://application_servers/;",
      "      proxy_pass https://application_servers_realtime/;",
    ]
  `)
  const [first] = oneUpstream.upstreams
  const out = nginxConfiguration({ ...oneUpstream, upstreams: first ? [{ ...first, down: true }] : [] })
  expect(out).toContain('server app1.corp.example:11016 down;')
})

test('nginx checks the application servers’ certificates where it is told to', () => {
  const checked = nginxConfiguration({ ...oneUpstream, verifyUpstream: true })
  expect([...new Set(added(nginxConfiguration(oneUpstream), checked))]).toMatchInlineSnapshot(`
    [
      "      proxy_ssl_verify on;",
      "      proxy_ssl_verify_depth 5;",
      "      proxy_ssl_trusted_certificate "/site/certs/trusted.crt";",
      "      proxy_ssl_server_name on;",
      "      proxy_ssl_name app1.corp.example;",
    ]
  `)
})

test('Apache balances over its application servers', () => {
  expect(apacheConfiguration(samplePlan, MODULES)).toMatchInlineSnapshot(`
    "ServerRoot "/site"
    DefaultRuntimeDir "/site/run"
    PidFile "/site/run/apache2.pid"
    User www-data
    Group www-data
    ServerName web1.corp.example
    ServerAdmin webmaster@localhost
    ServerTokens OS
    ServerSignature On
    LoadModule mpm_event_module "/usr/lib/apache2/modules/mod_mpm_event.so"
    LoadModule authz_core_module "/usr/lib/apache2/modules/mod_authz_core.so"
    LoadModule dir_module "/usr/lib/apache2/modules/mod_dir.so"
    LoadModule mime_module "/usr/lib/apache2/modules/mod_mime.so"
    LoadModule reqtimeout_module "/usr/lib/apache2/modules/mod_reqtimeout.so"
    LoadModule setenvif_module "/usr/lib/apache2/modules/mod_setenvif.so"
    LoadModule remoteip_module "/usr/lib/apache2/modules/mod_remoteip.so"
    LoadModule socache_shmcb_module "/usr/lib/apache2/modules/mod_socache_shmcb.so"
    LoadModule ssl_module "/usr/lib/apache2/modules/mod_ssl.so"
    LoadModule proxy_module "/usr/lib/apache2/modules/mod_proxy.so"
    LoadModule slotmem_shm_module "/usr/lib/apache2/modules/mod_slotmem_shm.so"
    LoadModule proxy_balancer_module "/usr/lib/apache2/modules/mod_proxy_balancer.so"
    LoadModule lbmethod_byrequests_module "/usr/lib/apache2/modules/mod_lbmethod_byrequests.so"
    LoadModule proxy_http_module "/usr/lib/apache2/modules/mod_proxy_http.so"
    LoadModule proxy_wstunnel_module "/usr/lib/apache2/modules/mod_proxy_wstunnel.so"
    LoadModule rewrite_module "/usr/lib/apache2/modules/mod_rewrite.so"

    StartServers 2
    ThreadsPerChild 25
    MaxRequestWorkers 150

    ErrorLog "/site/log/error.log"
    LogLevel notice ssl:info core:info
    LogFormat "%a %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
    LogFormat "%a\\t%r\\t%>s\\t%{BALANCER_WORKER_NAME}e\\t%{Content-Type}o" entry
    TypesConfig /dev/null
    AddType text/html .html
    AddType application/javascript .js
    DirectoryIndex index.html
    RequestReadTimeout handshake=60 header=60 body=60
    LimitRequestBody 1048576

    <Directory "/site/www/html">
      AllowOverride None
      Require all granted
    </Directory>

    Listen 127.0.0.1:8080
    <VirtualHost 127.0.0.1:8080>
      ServerName web1.corp.example:80
      RemoteIPProxyProtocol On
      CustomLog "/site/log/access.log" combined
      CustomLog "/site/log/entries.log" entry
      RewriteEngine On
      RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R=301,L,NE]
    </VirtualHost>

    Listen 127.0.0.1:8081
    <VirtualHost 127.0.0.1:8081>
      ServerName settle
      RewriteEngine On
      RewriteRule ^ - [R=204,L]
    </VirtualHost>

    <IfModule mod_ssl.c>
    SSLSessionCache "shmcb:/site/run/ssl_scache(512000)"
    Listen 127.0.0.1:8443
    <VirtualHost 127.0.0.1:8443>
      ServerName https://web1.corp.example:443
      RemoteIPProxyProtocol On
      CustomLog "/site/log/access.log" combined
      CustomLog "/site/log/entries.log" entry
      DocumentRoot "/site/www/html"

      SSLEngine on
      SSLCertificateFile "/site/certs/Web Application.crt"
      SSLCertificateKeyFile "/site/certs/Web Application.key"
      SSLProtocol -all +TLSv1.2 +TLSv1.3
      SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384

      SSLProxyEngine on
      # Name and expiry are checked, the chain is not: what the module does by itself.
      ProxyPass /api balancer://api
      <Proxy balancer://api>
        BalancerMember https://app1.corp.example:11016 connectiontimeout=500ms timeout=90 retry=60
        BalancerMember https://app2.corp.example:11016 connectiontimeout=500ms timeout=90 retry=60 status=+D
        ProxySet lbmethod=byrequests
      </Proxy>
      ProxyPass /realtime balancer://realtime
      <Proxy balancer://realtime>
        BalancerMember wss://app1.corp.example:11018 connectiontimeout=500ms timeout=86400 retry=60
        BalancerMember wss://app2.corp.example:11018 connectiontimeout=500ms timeout=86400 retry=60 status=+D
        ProxySet lbmethod=byrequests
      </Proxy>

      RewriteEngine On
      RewriteCond %{REQUEST_URI} !^/(api|realtime)(/|$)
      RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f
      RewriteRule ^ /index.html [L]
    </VirtualHost>
    </IfModule>
    "
  `)
})

test('Apache without modules, and with certificates to check', () => {
  const { modules } = samplePlan
  const less = apacheConfiguration(
    { ...samplePlan, modules: { ...modules, ssl: false, rewrite: false, proxy_wstunnel: false } },
    MODULES,
  )
  expect(less).not.toMatch(/LoadModule (ssl|rewrite|proxy_wstunnel)_module/)
  expect(less).toContain('LoadModule proxy_http_module')
  const plain = apacheConfiguration(samplePlan, MODULES)
  const checked = apacheConfiguration({ ...samplePlan, verifyUpstream: true }, MODULES)
  expect(added(plain, checked)).toMatchInlineSnapshot(`
    [
      "  SSLProxyVerify require",
      "  SSLProxyVerifyDepth 5",
      "  SSLProxyCACertificateFile "/site/certs/trusted.crt"",
    ]
  `)
  const unchecked = apacheConfiguration({ ...samplePlan, verifyUpstream: false }, MODULES)
  expect(added(plain, unchecked)).toMatchInlineSnapshot(`
    [
      "  SSLProxyVerify none",
      "  SSLProxyCheckPeerName off",
      "  SSLProxyCheckPeerExpire off",
    ]
  `)
})

test('an old server speaks one version', () => {
  const version = 'TLSv1'
  expect(nginxConfiguration({ ...samplePlan, version })).toContain('ssl_protocols TLSv1;')
  expect(apacheConfiguration({ ...samplePlan, version }, MODULES)).toMatch(/SSLProtocol -all \+TLSv1$/m)
})

test('a certificate of a weak key gets the ciphers that OpenSSL needs to load it', () => {
  const ciphers = 'DEFAULT@SECLEVEL=0'
  expect(nginxConfiguration({ ...samplePlan, ciphers })).toContain(`ssl_ciphers ${ciphers};`)
  expect(apacheConfiguration({ ...samplePlan, ciphers }, MODULES)).toContain(`SSLCipherSuite ${ciphers}`)
})

test.each(['app1;', 'app1 backup', 'app1\n', '$host', 'app"1', 'app1{', ''])(
  'the name %j cannot mean more than a name',
  (name) => {
    const upstreams = [{ name, ports: { api: 1, realtime: 2 }, down: false }]
    expect(() => nginxConfiguration({ ...samplePlan, upstreams })).toThrow(
      'cannot stand in a web server’s configuration',
    )
    expect(() => apacheConfiguration({ ...samplePlan, upstreams }, MODULES)).toThrow('give a host name or an address')
  },
)
