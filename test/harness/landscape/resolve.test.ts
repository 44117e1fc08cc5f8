import { expect, test } from 'vitest'
import { parseLandscape } from '../../../harness/landscape/load.ts'
import { resolveLandscape } from '../../../harness/landscape/resolve.ts'
import { sampleKinds } from './sample-kinds.ts'

test('a small file resolves to a whole landscape', () => {
  const text = `
landscape: two-sites
sites: { paris: {}, lyon: { delayMs: 20 } }
hosts:
  client1: { site: lyon, runs: { shop/client: } }
  web1: { aliases: [shop], runs: { web-server: { kind: iis } } }
  app1: { runs: { shop/app-server: { backup: false } } }
  app2: { address: 10.1.0.1, runs: { shop/app-server: {} } }
  sql1: { clockSkewMs: -5000, runs: { database: } }
deviations:
  - { fault: setting, at: app1.shop/app-server.limits.users, value: 3 }
`
  const { spec, positions } = parseLandscape(
    text.replace('shop/client:', 'shop/client: { server: app2 }'),
    { fileName: 'two-sites.yaml' },
    sampleKinds,
  )
  expect(resolveLandscape(spec, sampleKinds, { positions })).toMatchInlineSnapshot(`
    {
      "domain": "corp.example",
      "expectations": [],
      "faults": [
        {
          "at": "app1.shop/app-server.limits.users",
          "fault": "setting",
          "value": 3,
        },
      ],
      "firewallDefault": "reject",
      "flows": [
        {
          "from": "app1",
          "fromKind": "shop/app-server",
          "id": "app-to-database",
          "port": 1433,
          "protocol": "tcp",
          "purpose": "data",
          "sources": [
            {
              "document": "install.md",
              "line": "Application server › Port 1433",
              "side": "from",
              "type": "requirement",
            },
            {
              "document": "install.md",
              "line": "Database › Port 1433",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "in-protocol",
          "to": "sql1",
          "toKind": "database",
        },
        {
          "from": "app2",
          "fromKind": "shop/app-server",
          "id": "app-to-database",
          "port": 1433,
          "protocol": "tcp",
          "purpose": "data",
          "sources": [
            {
              "document": "install.md",
              "line": "Application server › Port 1433",
              "side": "from",
              "type": "requirement",
            },
            {
              "document": "install.md",
              "line": "Database › Port 1433",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "in-protocol",
          "to": "sql1",
          "toKind": "database",
        },
        {
          "from": "app2",
          "fromKind": "shop/app-server",
          "id": "backup",
          "port": 11014,
          "protocol": "tcp",
          "purpose": "backup",
          "sources": [
            {
              "fact": "1.1",
              "type": "vendor",
            },
          ],
          "tls": "none",
          "to": "app2",
          "toKind": "shop/app-server",
        },
        {
          "from": "web1",
          "fromKind": "web-server",
          "id": "iis-to-app",
          "port": 11011,
          "protocol": "tcp",
          "purpose": "login",
          "sources": [
            {
              "document": "install.md",
              "line": "Application server › Port 11011",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "implicit",
          "to": "app1",
          "toKind": "shop/app-server",
        },
        {
          "from": "web1",
          "fromKind": "web-server",
          "id": "iis-to-app",
          "port": 11011,
          "protocol": "tcp",
          "purpose": "login",
          "sources": [
            {
              "document": "install.md",
              "line": "Application server › Port 11011",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "implicit",
          "to": "app2",
          "toKind": "shop/app-server",
        },
        {
          "from": "client1",
          "fromKind": "shop/client",
          "id": "client-to-app",
          "port": 11011,
          "protocol": "tcp",
          "purpose": "clients",
          "sources": [
            {
              "document": "install.md",
              "line": "Client › Port 11011",
              "side": "from",
              "type": "requirement",
            },
            {
              "document": "install.md",
              "line": "Application server › Port 11011",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "implicit",
          "to": "app1",
          "toKind": "shop/app-server",
        },
        {
          "from": "client1",
          "fromKind": "shop/client",
          "id": "client-to-app",
          "port": 11011,
          "protocol": "tcp",
          "purpose": "clients",
          "sources": [
            {
              "document": "install.md",
              "line": "Client › Port 11011",
              "side": "from",
              "type": "requirement",
            },
            {
              "document": "install.md",
              "line": "Application server › Port 11011",
              "side": "to",
              "type": "requirement",
            },
          ],
          "tls": "implicit",
          "to": "app2",
          "toKind": "shop/app-server",
        },
        {
          "from": "client1",
          "fromKind": "shop/client",
          "id": "client-to-web",
          "port": 443,
          "protocol": "tcp",
          "purpose": "web",
          "sources": [
            {
              "type": "assumed",
              "why": "people use browsers",
            },
          ],
          "tls": "implicit",
          "to": "web1",
          "toKind": "web-server",
        },
      ],
      "hosts": [
        {
          "address": "10.2.0.1",
          "aliases": [],
          "clockSkewMs": 0,
          "components": [
            {
              "host": "client1",
              "kind": "shop/client",
              "listens": [],
              "references": {
                "server": [
                  "app2",
                ],
              },
              "settings": {},
            },
          ],
          "fqdn": "client1.corp.example",
          "name": "client1",
          "site": "lyon",
          "trusts": [
            "landscape",
            "public",
          ],
        },
        {
          "address": "10.1.0.2",
          "aliases": [
            "shop",
            "shop.corp.example",
          ],
          "clockSkewMs": 0,
          "components": [
            {
              "host": "web1",
              "kind": "web-server",
              "listens": [
                {
                  "id": "https",
                  "port": 443,
                  "protocol": "tcp",
                  "purpose": "web",
                  "tls": "implicit",
                },
              ],
              "references": {
                "apps": [
                  "app1",
                  "app2",
                ],
              },
              "settings": {
                "kind": "iis",
                "spare": 0,
                "threads": 4,
              },
            },
          ],
          "fqdn": "web1.corp.example",
          "name": "web1",
          "site": "paris",
          "trusts": [
            "landscape",
            "public",
          ],
        },
        {
          "address": "10.1.0.3",
          "aliases": [],
          "clockSkewMs": 0,
          "components": [
            {
              "host": "app1",
              "kind": "shop/app-server",
              "listens": [
                {
                  "id": "client",
                  "port": 11011,
                  "protocol": "tcp",
                  "purpose": "clients",
                  "tls": "implicit",
                },
              ],
              "references": {
                "database": [
                  "sql1",
                ],
                "mail": [],
              },
              "settings": {
                "backup": false,
                "limits": {
                  "users": 3,
                },
                "secret": "hidden",
              },
            },
          ],
          "fqdn": "app1.corp.example",
          "name": "app1",
          "site": "paris",
          "trusts": [
            "landscape",
            "public",
          ],
        },
        {
          "address": "10.1.0.1",
          "aliases": [],
          "clockSkewMs": 0,
          "components": [
            {
              "host": "app2",
              "kind": "shop/app-server",
              "listens": [
                {
                  "id": "client",
                  "port": 11011,
                  "protocol": "tcp",
                  "purpose": "clients",
                  "tls": "implicit",
                },
                {
                  "id": "backup",
                  "port": 11014,
                  "protocol": "tcp",
                  "purpose": "backup",
                  "tls": "none",
                },
              ],
              "references": {
                "database": [
                  "sql1",
                ],
                "mail": [],
              },
              "settings": {
                "backup": true,
                "limits": {
                  "users": 10,
                },
                "secret": "hidden",
              },
            },
          ],
          "fqdn": "app2.corp.example",
          "name": "app2",
          "site": "paris",
          "trusts": [
            "landscape",
            "public",
          ],
        },
        {
          "address": "10.1.0.4",
          "aliases": [],
          "clockSkewMs": -5000,
          "components": [
            {
              "host": "sql1",
              "kind": "database",
              "listens": [
                {
                  "id": "sql",
                  "port": 1433,
                  "protocol": "tcp",
                  "purpose": "SQL",
                  "tls": "in-protocol",
                },
              ],
              "references": {},
              "settings": {
                "edition": "express",
                "port": 1433,
              },
            },
          ],
          "fqdn": "sql1.corp.example",
          "name": "sql1",
          "site": "paris",
          "trusts": [
            "landscape",
            "public",
          ],
        },
      ],
      "name": "two-sites",
      "nameServers": [],
      "organisation": "Example Corporation",
      "patienceMs": 1000,
      "sites": [
        {
          "delayMs": 0,
          "name": "paris",
        },
        {
          "delayMs": 20,
          "name": "lyon",
        },
      ],
      "skips": [],
      "startOrder": [
        {
          "host": "sql1",
          "kind": "database",
        },
        {
          "host": "app2",
          "kind": "shop/app-server",
        },
        {
          "host": "client1",
          "kind": "shop/client",
        },
        {
          "host": "app1",
          "kind": "shop/app-server",
        },
        {
          "host": "web1",
          "kind": "web-server",
        },
      ],
    }
  `)
})
