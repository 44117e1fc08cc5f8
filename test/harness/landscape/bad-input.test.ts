import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../harness/context/random.ts'
import { refusedFile } from './message.ts'

const hosts = `landscape: lab
hosts:
  sql1: { runs: { database: } }
  app1:
    runs:
`

test('a mistake at which the parser stumbles twice is told once', () => {
  expect(refusedFile('landscape: lab\n hosts: {}\n')).toMatchInlineSnapshot(
    `"landscape-invalid: lab.yaml:1:12: Nested mappings are not allowed in compact mappings"`,
  )
})

describe('unknown names', () => {
  test('a key of the file', () => {
    expect(refusedFile('landscape: lab\nhost: {}\nhosts: {}\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:1: host: unknown key "host"; did you mean "hosts"?"`,
    )
  })
  test('a key that is near none', () => {
    expect(refusedFile('landscape: lab\nhosts: { a: { colour: blue } }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:15: hosts.a.colour: unknown key "colour"; known keys: address, aliases, clockSkewMs, runs, site, trusts"`,
    )
  })
  test('a key of a component: settings and references are known', () => {
    expect(refusedFile(`${hosts}      shop/app-server: { databse: sql1 }\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:26: hosts.app1.runs.shop/app-server.databse: unknown key "databse"; did you mean "database"?"`,
    )
  })
  test('a key inside a setting', () => {
    expect(refusedFile(`${hosts}      shop/app-server: { limits: { user: 5 } }\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:36: hosts.app1.runs.shop/app-server.limits.user: unknown key "user"; did you mean "users"?"`,
    )
  })
  test('a kind', () => {
    expect(refusedFile(`${hosts}      shop/appserver:\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:7: hosts.app1.runs.shop/appserver: there is no component kind "shop/appserver"; did you mean "shop/app-server"? Known kinds: chicken, database, egg, shop/app-server, shop/client, web-server"`,
    )
  })
  test('a kind that is near none', () => {
    expect(refusedFile(`${hosts}      mainframe:\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:7: hosts.app1.runs.mainframe: there is no component kind "mainframe"; known kinds: chicken, database, egg, shop/app-server, shop/client, web-server"`,
    )
  })
  test('a host that a reference names', () => {
    expect(refusedFile(`${hosts}      shop/app-server: { database: sq1 }\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:36: hosts.app1.runs.shop/app-server.database: there is no host "sq1"; did you mean "sql1"?"`,
    )
  })
  test('a host in a list', () => {
    expect(refusedFile(`${hosts}      web-server: { apps: [app1, printer] }\n`)).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:6:28: hosts.app1.runs.web-server.apps[0]: host "app1" does not run shop/app-server: it runs web-server; no host runs shop/app-server
      lab.yaml:6:34: hosts.app1.runs.web-server.apps[1]: there is no host "printer"; known hosts: app1, sql1"
    `)
  })
  test('a host that does not run the kind', () => {
    expect(refusedFile(`${hosts}      shop/app-server: { database: app1 }\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:36: hosts.app1.runs.shop/app-server.database: host "app1" does not run database: it runs shop/app-server; database runs on sql1"`,
    )
  })
  test('a site', () => {
    expect(refusedFile('landscape: lab\nsites: { paris: }\nhosts: { a: { site: pari } }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:3:21: hosts.a.site: there is no site "pari"; did you mean "paris"?"`,
    )
  })
  test('a fault, its key, its hosts and its places', () => {
    expect(
      refusedFile(`landscape: lab
hosts: { sql1: { runs: { database: } } }
deviations:
  - { fault: dorp, to: sql1 }
  - { fault: drop, too: sql1 }
  - { failure: fw-one-app-port-blocked, to: sql1 }
  - { to: sql1 }
`),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:4:14: deviations[0].fault: there is no fault "dorp"; did you mean "drop"?
      lab.yaml:5:5: deviations[1].to: is missing
      lab.yaml:5:20: deviations[1].too: unknown key "too"; did you mean "to"?
      lab.yaml:6:7: deviations[2].failure: this release knows faults only, no failures; known faults: cut, cut-site, delay, distrust, dns-answer, drop, open, rate, reject, reset, setting, stall, stop
      lab.yaml:7:5: deviations[3].fault: is missing; known faults: cut, cut-site, delay, distrust, dns-answer, drop, open, rate, reject, reset, setting, stall, stop"
    `)
    expect(
      refusedFile(`landscape: lab
hosts: { sql1: { runs: { database: } }, web1: { runs: { web-server: { apps: sql1 } } } }
deviations:
  - { fault: drop, from: sql2, to: printer }
  - { fault: stop, at: sql1.databas }
  - { fault: stop, at: web1.database }
  - { fault: stop, at: sql1 }
  - { fault: setting, at: sql1.database.editon, value: standard }
  - { fault: setting, at: sql1.database, value: standard }
  - { fault: setting, at: sql1.database.edition, value: gold }
`),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:2:77: hosts.web1.runs.web-server.apps: host "sql1" does not run shop/app-server: it runs database; no host runs shop/app-server
      lab.yaml:4:26: deviations[0].from: there is no host "sql2"; did you mean "sql1"?
      lab.yaml:4:36: deviations[0].to: there is no host "printer"; known hosts: sql1, web1
      lab.yaml:5:24: deviations[1].at: host "sql1" does not run databas; did you mean "database"?
      lab.yaml:6:24: deviations[2].at: host "web1" does not run database; database runs on sql1
      lab.yaml:7:24: deviations[3].at: "sql1" is not HOST.KIND or HOST.KIND.KEY
      lab.yaml:8:27: deviations[4].at: unknown setting "editon"; did you mean "edition"?
      lab.yaml:9:27: deviations[5].at: "sql1.database" names no setting; write HOST.KIND.KEY
      lab.yaml:10:57: deviations[6].value: must be one of express, standard, is "gold""
    `)
  })
})

describe('values', () => {
  test('of a wrong type, and missing ones', () => {
    expect(
      refusedFile(`hosts:
  sql1: { address: 300.1.1.1, aliases: main, clockSkewMs: 1.5, runs: { database: { port: "1433", edition: standart } } }
  Sql 2: {}
  lo: { address: 127.0.0.5 }
patienceMs: 0
expect: [{ text: x }]
`),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:1:1: landscape: is missing
      lab.yaml:2:20: hosts.sql1.address: must be an IPv4 address
      lab.yaml:2:40: hosts.sql1.aliases: must be a list, is a string
      lab.yaml:2:59: hosts.sql1.clockSkewMs: must be a whole number, is a number
      lab.yaml:2:90: hosts.sql1.runs.database.port: must be a number, is a string
      lab.yaml:2:107: hosts.sql1.runs.database.edition: must be one of express, standard, is "standart"; did you mean "standard"?
      lab.yaml:3:3: hosts.Sql 2: must be lower-case letters, digits and hyphens, at most 63 of them
      lab.yaml:4:18: hosts.lo.address: must be an address that a host can have: not 0.*, 127.* or 224.* and above
      lab.yaml:5:13: patienceMs: must be at least 1
      lab.yaml:6:10: expect[0].scenario: is missing"
    `)
  })
  test('a rule between two settings', () => {
    expect(
      refusedFile(
        'landscape: lab\nhosts: { w: { runs: { shop/app-server: { database: w }, database: , web-server: { spare: 9 } } } }\n',
      ),
    ).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:90: hosts.w.runs.web-server.spare: must not exceed threads"`,
    )
  })
  test('a value of a wrong type is not shown: it may be a password', () => {
    expect(refusedFile(`${hosts}      shop/app-server: { secret: 12345 }\n`)).not.toContain('12345')
  })
  test('an empty file, and one that is no mapping', () => {
    expect(refusedFile('')).toMatchInlineSnapshot(`"landscape-invalid: lab.yaml:1:1: must be a mapping, is empty"`)
    expect(refusedFile('- a\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:1:1: must be a mapping, is a list"`,
    )
  })
})

describe('references', () => {
  test('left out, and nothing fits', () => {
    expect(refusedFile('landscape: lab\nhosts: { app1: { runs: { shop/app-server: } } }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:26: hosts.app1.runs.shop/app-server.database: is left out, and no host runs database; add one to hosts"`,
    )
  })
  test('left out, and several fit', () => {
    expect(refusedFile(`${hosts}      shop/app-server:\n  sql2: { runs: { database: } }\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:6:7: hosts.app1.runs.shop/app-server.database: is left out, and several hosts run database; name one of sql1, sql2"`,
    )
  })
  test('a list that is empty, or names a host twice', () => {
    expect(
      refusedFile(`${hosts}      shop/app-server:
  web1: { runs: { web-server: { apps: [] } } }
  web2: { runs: { web-server: { apps: [app1, app1] } } }
`),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:7:39: hosts.web1.runs.web-server.apps: must name at least one host that runs shop/app-server
      lab.yaml:8:46: hosts.web2.runs.web-server.apps[1]: "app1" stands twice"
    `)
  })
  test('a cycle', () => {
    expect(
      refusedFile(`landscape: lab
hosts:
  nest: { runs: { chicken: { from: box } } }
  box: { runs: { egg: { by: nest } } }
`),
    ).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:4:29: hosts.box.runs.egg.by: closes a cycle, so that nothing in it can start first: nest.chicken → box.egg → nest.chicken"`,
    )
  })
  test('a cycle that nobody wrote down', () => {
    expect(refusedFile('landscape: lab\nhosts:\n  nest: { runs: { chicken: , egg: } }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:3:30: hosts.nest.runs.egg.by: closes a cycle, so that nothing in it can start first: nest.chicken → nest.egg → nest.chicken"`,
    )
  })
})

describe('what two claim', () => {
  test('addresses, names, ports', () => {
    expect(
      refusedFile(`landscape: lab
hosts:
  operator: {}
  a: { address: 10.1.0.9, aliases: [vault, b] }
  b: { address: 10.1.0.9, aliases: [vault.corp.example] }
  c: { runs: { database: { port: 11014 }, shop/app-server: } }
`),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:3:3: hosts.operator: "operator" is the person at the keyboard; rename it
      lab.yaml:4:44: hosts.a.aliases[1]: the name "b" is taken by host "b"
      lab.yaml:5:17: hosts.b.address: host "a" has the address 10.1.0.9 already
      lab.yaml:5:37: hosts.b.aliases[0]: the name "vault.corp.example" is taken by host "a"
      lab.yaml:6:43: hosts.c.runs.shop/app-server: opens port 11014/tcp, which database opens on the same host; give one another port"
    `)
  })
})

describe('nothing there', () => {
  test('no host, no site', () => {
    expect(refusedFile('landscape: lab\nsites: {}\nhosts: {}\n')).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:2:8: sites: names no site; leave it out for one named main
      lab.yaml:3:8: hosts: names no host; a landscape has at least one"
    `)
  })
})

test('whatever a file holds, it is read or refused, never more', () => {
  const text = `landscape: lab
sites: { paris: { delayMs: 5 }, lyon: }
hosts:
  sql1: &sql { site: paris, address: 10.0.0.5, aliases: ["db"], runs: { database: { edition: standard } } }
  app1: { runs: { shop/app-server: { database: sql1, limits: { users: 5 } } } }
deviations: [{ fault: drop, to: sql1, port: 1433 }, { fault: setting, at: app1.shop/app-server.secret, value: [1] }]
expect: [{ scenario: x, text: 'y' }]
`
  const random = seededRandom(7)
  const hostile = [
    '*sql',
    '<<: *sql',
    '!!binary x',
    '? ',
    '- ',
    '{',
    ']',
    '|',
    ': ',
    '\u0000',
    '\ud800',
    '1e999',
    '.nan',
    '__proto__',
  ]
  const cut = Array.from(text, (_, length) => text.slice(0, length))
  const bent = Array.from({ length: 400 }, () => {
    const at = random.below(text.length)
    return text.slice(0, at) + hostile[random.below(hostile.length)] + text.slice(at + random.below(12))
  })
  // refusedFile passes on whatever is not a harness error, which fails the test.
  const outcomes = [...cut, ...bent].map((variant) => refusedFile(variant).split(':')[0])
  expect(new Set(outcomes)).toEqual(new Set(['landscape-invalid', 'nothing was refused']))
})

describe('YAML', () => {
  test('a quote that never ends', () => {
    expect(refusedFile('landscape: "lab\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:1: Missing closing "quote"`,
    )
  })
  test('a bracket that never ends', () => {
    expect(refusedFile('landscape: lab\nhosts: { a: {}\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:3:1: Flow map in block collection must be sufficiently indented and end with a }"`,
    )
  })
  test('a key that stands twice', () => {
    expect(refusedFile('landscape: lab\nhosts: { "a": {}, "a": {} }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:19: key "a" stands twice"`,
    )
  })
  test('a tab as indentation', () => {
    expect(refusedFile('landscape: lab\nhosts:\n\ta: {}\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:3:1: Tabs are not allowed as indentation"`,
    )
  })
  test('a tag', () => {
    expect(refusedFile('landscape: !lab lab\nhosts: {}\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:1:12: Unresolved tag: !lab"`,
    )
  })
  test('bytes, and a key that is no text', () => {
    expect(refusedFile('landscape: !!binary aGFsbG8=\nhosts: { [a]: {}, &x b: {}, *x : {} }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:1:12: Unresolved tag: tag:yaml.org,2002:binary"`,
    )
    expect(refusedFile('landscape: lab\nhosts: { [a]: {}, &x b: {}, *x : {} }\n')).toMatchInlineSnapshot(`
      "landscape-invalid: lab.yaml:2:10: a key must be plain text
      lab.yaml:2:29: a key must be plain text"
    `)
  })
  test('a second document', () => {
    expect(refusedFile('landscape: lab\n---\nlandscape: lab\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:1: a second document starts here; a landscape file holds one"`,
    )
  })
  test('an alias to nothing', () => {
    expect(refusedFile('landscape: *name\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:1:12: *name: there is no anchor &name before it"`,
    )
  })
  test('an alias inside what it names', () => {
    expect(refusedFile('landscape: lab\nhosts: &all { a: *all }\n')).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:18: *all stands inside what it names"`,
    )
  })
  test('depth in brackets', () => {
    expect(refusedFile(`landscape: ${'['.repeat(20_000)}\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:1:43: nested deeper than 32 levels"`,
    )
  })
  test('depth in a block', () => {
    expect(refusedFile(`landscape:\n ${'- '.repeat(20_000)}x\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml:2:64: nested deeper than 32 levels"`,
    )
  })
  test('aliases that grow without end', () => {
    const lists = Array.from({ length: 9 }, (_, level) => `- &l${level + 1} [${Array(9).fill(`*l${level}`)}]`)
    expect(refusedFile(`- &l0 [x]\n${lists.join('\n')}\n`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml: its aliases (*name) cannot be followed: Excessive alias count indicates a resource exhaustion attack"`,
    )
  })
  test('a file that is too large', () => {
    expect(refusedFile(`# ${'x'.repeat(1024 * 1024)}`)).toMatchInlineSnapshot(
      `"landscape-invalid: lab.yaml: larger than 1048576 bytes; a landscape file names only what is special"`,
    )
  })
  test('more problems than anyone reads', () => {
    const bad = Array.from({ length: 30 }, (_, index) => `h${index}: { x: 1 }`)
    const lines = refusedFile(`landscape: lab\nhosts: { ${bad.join(', ')} }\n`).split('\n')
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('… and 10 more')
  })
})
