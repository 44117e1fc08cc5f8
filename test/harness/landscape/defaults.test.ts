import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  composeSchema,
  jsonSchema,
  type LandscapeSpec,
  nearest,
  parseLandscape,
  readLandscapeFile,
  resolveLandscape,
} from '../../../harness/landscape/index.ts'
import { load, refusalOf } from './message.ts'
import { sampleKinds } from './sample-kinds.ts'

test('a landscape of one empty host', () => {
  expect(load('landscape: bare\nhosts: { a: }\n')).toMatchInlineSnapshot(`
    {
      "domain": "corp.example",
      "expectations": [],
      "faults": [],
      "firewallDefault": "reject",
      "flows": [],
      "hosts": [
        {
          "address": "10.1.0.1",
          "aliases": [],
          "clockSkewMs": 0,
          "components": [],
          "fqdn": "a.corp.example",
          "name": "a",
          "site": "main",
          "trusts": [
            "landscape",
            "public",
          ],
        },
      ],
      "name": "bare",
      "nameServers": [],
      "organisation": "Example Corporation",
      "patienceMs": 1000,
      "sites": [
        {
          "delayMs": 0,
          "name": "main",
        },
      ],
      "skips": [],
      "startOrder": [],
    }
  `)
})

test('a reference that is left out takes its own host before the only other one', () => {
  const landscape = load(`landscape: lab
hosts:
  sql1: { runs: { database: } }
  both: { runs: { database: , shop/app-server: } }
  web1: { runs: { web-server: } }
`)
  expect(landscape.hosts[1]?.components[1]?.references).toEqual({ database: ['both'], mail: [] })
  expect(landscape.hosts[2]?.components[0]?.references).toEqual({ apps: ['both'] })
})

test('an optional reference takes the only one there is, none where there are two, and none when it is null', () => {
  const eggs = (text: string) =>
    load(`landscape: farm\nhosts:\n${text}`).hosts.flatMap(({ components }) =>
      components.filter(({ kind }) => kind === 'egg').map(({ references }) => references),
    )
  expect(eggs('  box: { runs: { egg: } }\n')).toEqual([{ by: [] }])
  expect(
    eggs(
      '  box: { runs: { egg: } }\n  nest: { runs: { chicken: { from: old } } }\n  old: { runs: { egg: { by: null } } }\n',
    ),
  ).toEqual([{ by: ['nest'] }, { by: [] }])
  expect(
    eggs(`  box: { runs: { egg: } }
  nest1: { runs: { chicken: { from: box } } }
  nest2: { runs: { chicken: { from: box } } }
`),
  ).toEqual([{ by: [] }])
})

test('every component starts behind what it refers to, else in the order of the file', () => {
  const { startOrder } = load(`landscape: lab
hosts:
  desk: { runs: { shop/client: } }
  web1: { runs: { web-server: } }
  app1: { runs: { shop/app-server: } }
  sql1: { runs: { database: } }
`)
  expect(startOrder.map(({ host }) => host)).toEqual(['sql1', 'app1', 'desk', 'web1'])
})

test('a plain object goes through the same checks; its errors carry paths without lines', () => {
  const spec: LandscapeSpec = {
    landscape: 'lab',
    hosts: { app1: { runs: { 'shop/app-server': { database: 'sq1' } } }, sql1: { runs: { database: {} } } },
  }
  expect(refusalOf(() => resolveLandscape(spec, sampleKinds))).toMatchInlineSnapshot(
    `"landscape-invalid: hosts.app1.runs.shop/app-server.database: there is no host "sq1"; did you mean "sql1"?"`,
  )
})

test('a landscape is JSON: what travels to a container comes out the same', () => {
  const landscape = load('landscape: lab\nhosts: { one: { runs: { database: , shop/app-server: , web-server: } } }\n')
  expect(JSON.parse(JSON.stringify(landscape))).toEqual(landscape)
})

test('names of JavaScript’s own are names like any other', () => {
  expect(
    refusalOf(() => load('landscape: lab\nhosts: { a: { runs: { constructor: , __proto__: } } }\n')),
  ).toMatchInlineSnapshot(`"landscape-invalid: lab.yaml:2:38: "__proto__" cannot be a name"`)
  expect(refusalOf(() => load('landscape: lab\nhosts: { __proto__: { x: 1 } }\n'))).toMatchInlineSnapshot(
    `"landscape-invalid: lab.yaml:2:10: "__proto__" cannot be a name"`,
  )
  expect(load('landscape: lab\nhosts: { constructor: {} }\n').hosts[0]?.fqdn).toBe('constructor.corp.example')
})

test('the JSON Schema knows every kind, with its settings and references', () => {
  const schema: unknown = JSON.parse(JSON.stringify(jsonSchema(sampleKinds)))
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['landscape', 'hosts'],
    additionalProperties: false,
  })
  const text = JSON.stringify(schema)
  for (const { kind, references } of sampleKinds) {
    expect(text).toContain(`"${kind}":`)
    for (const [name, { summary }] of Object.entries(references))
      expect(text).toMatch(new RegExp(`"${name}":.*${summary}`))
  }
})

test('kinds that clash are a mistake of the registry', () => {
  const [database] = sampleKinds
  if (!database) throw new Error('the samples are empty')
  expect(refusalOf(() => composeSchema([database, database]))).toMatchInlineSnapshot(
    `"internal: two kinds are named database"`,
  )
  const clash = { ...database, references: { port: { kind: 'database', summary: 'x' } } }
  expect(refusalOf(() => composeSchema([clash]))).toMatchInlineSnapshot(
    `"internal: kind database declares "port" as a setting and as a reference; rename one"`,
  )
})

test('the nearest name', () => {
  const known = ['sql-server', 'smtp-server', 'drop', 'web1']
  expect(
    ['sqlserver', 'SMTP-Server', 'dorp', 'web', 'w', 'printer', 'x'.repeat(1000)].map((name) => nearest(name, known)),
  ).toEqual(['sql-server', 'smtp-server', 'drop', 'web1', undefined, undefined, undefined])
})

test('a file is read; one that cannot be says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'landscape-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'lab.yaml')
  await writeFile(file, 'landscape: lab\nhosts: { a: {} }\n')
  const { spec, positions } = await readLandscapeFile(file, sampleKinds)
  expect(spec).toEqual(parseLandscape('landscape: lab\nhosts: { a: {} }\n', { fileName: 'x' }, sampleKinds).spec)
  expect(positions.fileName).toBe(file)

  const messageFor = async (path: string) =>
    await readLandscapeFile(path, sampleKinds).then(
      () => 'read',
      (error: unknown) => (error instanceof Error ? error.message.replaceAll(folder, 'FOLDER') : String(error)),
    )
  expect(await messageFor(join(folder, 'none.yaml'))).toMatchInlineSnapshot(
    `"cannot read the landscape file FOLDER/none.yaml: there is no such file; check the path, or name a built-in landscape"`,
  )
  expect(await messageFor(folder)).toMatchInlineSnapshot(
    `"cannot read the landscape file FOLDER: it is a folder; name the file in it"`,
  )
  await writeFile(file, Buffer.alloc(2 * 1024 * 1024, '#'))
  expect(await messageFor(file)).toMatchInlineSnapshot(
    `"FOLDER/lab.yaml: larger than 1048576 bytes; a landscape file names only what is special"`,
  )
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a file that this user may not read (not as root, whom no mode stops)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'landscape-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'lab.yaml')
    await writeFile(file, '')
    await chmod(file, 0)
    await expect(readLandscapeFile(file, sampleKinds)).rejects.toThrow('this user may not read it')
  },
)
