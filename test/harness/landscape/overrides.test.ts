import { describe, expect, test } from 'vitest'
import {
  applySettings,
  faultHelp,
  type LandscapeSpec,
  parseFault,
  resolveLandscape,
  withFaults,
} from '../../../harness/landscape/index.ts'
import { load, refusalOf } from './message.ts'
import { sampleKinds } from './sample-kinds.ts'

const spec: LandscapeSpec = {
  landscape: 'lab',
  hosts: {
    sql1: { runs: { database: null } },
    sql2: { runs: { database: {} } },
    app1: { runs: { 'shop/app-server': { database: 'sql1' } } },
    web1: { runs: { 'web-server': null } },
  },
}

describe('--set', () => {
  test('changes settings, also inside one, and references, and leaves the landscape as it was', () => {
    const before = JSON.stringify(spec)
    const changed = applySettings(
      spec,
      [
        'sql1.database.edition=standard',
        'app1.shop/app-server.limits.users=7',
        'app1.shop/app-server.secret="5"',
        'app1.shop/app-server.database=sql2',
        'web1.web-server.apps=[app1]',
      ],
      sampleKinds,
    )
    expect(changed.hosts).toMatchInlineSnapshot(`
      {
        "app1": {
          "runs": {
            "shop/app-server": {
              "database": "sql2",
              "limits": {
                "users": 7,
              },
              "secret": "5",
            },
          },
        },
        "sql1": {
          "runs": {
            "database": {
              "edition": "standard",
            },
          },
        },
        "sql2": {
          "runs": {
            "database": {},
          },
        },
        "web1": {
          "runs": {
            "web-server": {
              "apps": [
                "app1",
              ],
            },
          },
        },
      }
    `)
    expect(JSON.stringify(spec)).toBe(before)
    expect(resolveLandscape(changed, sampleKinds).hosts[2]?.components[0]?.references).toEqual({
      database: ['sql2'],
      mail: [],
    })
  })

  test('refuses what is not there', () => {
    const assignments = [
      'sql1',
      'sql1.database=5',
      'sql3.database.port=5',
      'sql1.databse.port=5',
      'sql1.database.prot=5',
      'app1.shop/app-server.databse=sql2',
      'app1.shop/app-server.limits.usrs=5',
      'sql1.database.port=high',
      'sql1.database.port=0',
      'sql1.database.port=[1',
      'app1.shop/app-server.database=sql9',
      'app1.shop/app-server.database.x=sql9',
      'web1.web-server.spare=9',
    ]
    const refusals = assignments.map((assignment) => refusalOf(() => applySettings(spec, [assignment], sampleKinds)))
    expect(refusals.join('\n')).toMatchInlineSnapshot(`
      "usage: --set sql1: is not HOST.COMPONENT.KEY=VALUE, as in app1.web-server.kind=iis
      usage: --set sql1.database: names no setting; write HOST.COMPONENT.KEY=VALUE
      usage: --set sql3.database.port: there is no host "sql3"; did you mean "sql1"?
      usage: --set sql1.databse.port: host "sql1" does not run databse; did you mean "database"?
      usage: --set sql1.database.prot: unknown setting "prot"; did you mean "port"?
      usage: --set app1.shop/app-server.databse: unknown setting "databse"; did you mean "database"?
      usage: --set app1.shop/app-server.limits.usrs: unknown setting "usrs"; did you mean "users"?
      usage: --set sql1.database.port: port must be a number, is a string
      usage: --set sql1.database.port: port must be at least 1
      usage: --set sql1.database.port: the value is not YAML: Flow sequence must end with a ]
      usage: --set app1.shop/app-server.database: there is no host "sql9"; did you mean "sql1"?
      usage: --set app1.shop/app-server.database.x: "database" is a reference; it takes a host name
      usage: --set web1.web-server.spare: spare must not exceed threads"
    `)
  })
})

describe('--with', () => {
  test('reads every fault', () => {
    expect(
      [
        'drop:from=client1,to=app1,port=11018',
        'reject:to=app1',
        'reset:to=app1,afterBytes=100',
        'delay:from=client1,to=app1,delayMs=50',
        'stall:to=app1',
        'open:to=app1,port=5',
        'setting:at=web1.web-server.kind,value=iis',
        'setting:at=web1.web-server.list,value=[a,b=c,{ d: 1 }]',
        'stop:at=app1.shop/app-server',
      ].map(parseFault),
    ).toMatchInlineSnapshot(`
      [
        {
          "fault": "drop",
          "from": "client1",
          "port": 11018,
          "to": "app1",
        },
        {
          "fault": "reject",
          "to": "app1",
        },
        {
          "afterBytes": 100,
          "fault": "reset",
          "to": "app1",
        },
        {
          "delayMs": 50,
          "fault": "delay",
          "from": "client1",
          "to": "app1",
        },
        {
          "fault": "stall",
          "to": "app1",
        },
        {
          "fault": "open",
          "port": 5,
          "to": "app1",
        },
        {
          "at": "web1.web-server.kind",
          "fault": "setting",
          "value": "iis",
        },
        {
          "at": "web1.web-server.list",
          "fault": "setting",
          "value": [
            "a",
            "b=c",
            {
              "d": 1,
            },
          ],
        },
        {
          "at": "app1.shop/app-server",
          "fault": "stop",
        },
      ]
    `)
  })

  test('refuses what is not written right', () => {
    const texts = [
      'dorp:to=a',
      'fw-one-app-port-blocked',
      'drop',
      'drop:app1',
      'drop:to=a,prot=5',
      'drop:from=a',
      'drop:to=a,to=b',
      'drop:to=a,port=0',
      'drop:to=a,port=x',
      'drop:to=a,port=[',
      'setting:at=a.b.password,value=[hunter2',
      'setting:value=5',
      'setting:at=a.b.c',
      `setting:at=a.b.c,value=${'['.repeat(50_000)}`,
    ]
    expect(texts.map((text) => refusalOf(() => parseFault(text))).join('\n')).toMatchInlineSnapshot(`
      "usage: --with dorp:to=a: there is no fault "dorp"; did you mean "drop"?
      usage: --with fw-one-app-port-blocked: there is no fault "fw-one-app-port-blocked"; known faults: cut, cut-site, delay, distrust, dns-answer, drop, open, rate, reject, reset, setting, stall, stop
      usage: --with drop: to is missing (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:app1: "app1" is not KEY=VALUE (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:to=a,prot=5: unknown key "prot"; did you mean "port"? (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:from=a: to is missing (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:to=a,to=b: key "to" stands twice
      usage: --with drop:to=a,port=0: port must be at least 1 (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:to=a,port=x: port must be a number, is a string (drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers])
      usage: --with drop:to=a,port=[: the value is not YAML: Flow sequence must end with a ]
      usage: --with setting:at=a.b.password,value=…: the value is not YAML: Flow sequence must end with a ]
      usage: --with setting:value=…: at is missing (setting:at=…,value=…)
      usage: --with setting:at=a.b.c: value is missing (setting:at=…,value=…)
      usage: --with setting:at=a.b.c,value=…: the value is not YAML: nested deeper than 32 levels"
    `)
  })

  test('help says how each is written', () => {
    expect(faultHelp.map(({ usage }) => usage)).toMatchInlineSnapshot(`
      [
        "drop:to=…[,from=…][,port=…][,protocol=tcp|udp][,lost=all|answers]",
        "reject:to=…[,from=…][,port=…][,protocol=tcp|udp][,with=…]",
        "reset:to=…[,from=…][,port=…][,protocol=tcp|udp][,afterBytes=…]",
        "delay:to=…,delayMs=…[,from=…][,port=…][,protocol=tcp|udp]",
        "cut:to=…[,from=…][,port=…][,protocol=tcp|udp][,with=rst|fin|silence][,afterBytes=…]",
        "cut-site:site=…",
        "rate:to=…,bytesPerSecond=…[,from=…][,port=…][,protocol=tcp|udp]",
        "stall:to=…[,from=…][,port=…][,protocol=tcp|udp]",
        "open:to=…,port=…[,from=…][,protocol=tcp|udp]",
        "dns-answer:answer=…[,name=…][,from=…][,data=…]",
        "setting:at=…,value=…",
        "distrust:at=…[,root=landscape|public]",
        "stop:at=…",
      ]
    `)
  })

  test('stands behind the file’s own, and its hosts are checked as theirs', () => {
    const text = `landscape: lab
hosts: { sql1: { runs: { database: } } }
deviations: [{ fault: stall, to: sql1 }]
`
    const more = (to: string) => (own: LandscapeSpec) => withFaults(own, [parseFault(`drop:to=${to}`)])
    expect(load(text, more('sql1')).faults).toEqual([
      { fault: 'stall', to: 'sql1' },
      { fault: 'drop', to: 'sql1' },
    ])
    expect(refusalOf(() => load(text, more('sq1')))).toMatchInlineSnapshot(
      `"landscape-invalid: deviations[1].to: there is no host "sq1"; did you mean "sql1"?"`,
    )
  })
})

describe('setting faults', () => {
  test('are applied, checked again, and stay in the list', () => {
    const fault = parseFault('setting:at=app1.shop/app-server.limits.users,value=3')
    const landscape = resolveLandscape(withFaults(spec, [fault]), sampleKinds)
    expect(landscape.hosts[2]?.components[0]?.settings).toEqual({
      limits: { users: 3 },
      secret: 'hidden',
      backup: true,
    })
    expect(landscape.faults).toEqual([fault])
  })

  test('move what depends on a setting: ports and flows', () => {
    const faults = ['setting:at=sql1.database.port,value=1500', 'setting:at=web1.web-server.kind,value=iis']
    const { flows } = resolveLandscape(withFaults(spec, faults.map(parseFault)), sampleKinds)
    expect(flows.map(({ from, to, port }) => `${from} → ${to}:${port}`)).toEqual([
      'app1 → sql1:1500',
      'app1 → sql2:1433',
      'app1 → app1:11014',
      'web1 → app1:11011',
    ])
  })

  test('on a reference, or beside a rule', () => {
    const faults = ['setting:at=app1.shop/app-server.database,value=sql2', 'setting:at=web1.web-server.spare,value=5']
    expect(
      refusalOf(() => resolveLandscape(withFaults(spec, faults.map(parseFault)), sampleKinds)),
    ).toMatchInlineSnapshot(`
      "landscape-invalid: deviations[0].at: "database" is a reference; this fault changes settings only
      deviations[1].value: must not exceed threads"
    `)
  })
})
