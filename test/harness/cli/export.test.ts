import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { machine } from './landscape-process.ts'

const here = machine()
afterAll(() => here[Symbol.dispose]())

/** No engine is asked where the image is named. */
const IMAGE = ['--image', 'registry.example/hosts:1']
const at = (...parts: readonly string[]): string => join(here.folder, ...parts)
const exported = (...args: readonly string[]) => here.run('export', 'compose', ...args, ...IMAGE)

test('writes a folder, says what is in it and what to run next', async () => {
  const { code, stdout, stderr } = await exported('all-in-one', '--to', at('lab'), '--first-port', '20000')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^all-in-one: 2 hosts, image registry\.example\/hosts:1, network 198\.1[89]\.\d+\.0\/24, seed \d+\n/,
  )
  expect(stdout).toMatch(/Next: docker compose -f \S*lab\/compose\.yaml up -d/)
  const files = ['.gitignore', 'README.md', 'compose.yaml', 'public-root.pem', 'resolv.conf', 'root.pem', 'secrets']
  expect(readdirSync(at('lab')).sort()).toEqual(files)
  const { services } = parse(readFileSync(at('lab', 'compose.yaml'), 'utf8'))
  const [service] = Object.values<{ image: string; ports: string[] }>(services)
  expect(service?.image).toBe('registry.example/hosts:1')
  // One of a registry's may be fetched; a name of ours is nobody's there.
  expect(service).not.toHaveProperty('pull_policy')
  expect(service?.ports[0]).toMatch(/^127\.0\.0\.1:20000:\d+/)
  if (process.platform !== 'win32') expect(statSync(at('lab', 'secrets', 'landscape.json')).mode & 0o777).toBe(0o600)
})

test('the same options give the same file, and no keys a second time', async () => {
  const texts = async (name: string) => {
    expect((await exported('password-secure', '--subnet', '198.18.7.0/24', '--to', at(name))).code).toBe(0)
    return ['compose.yaml', 'root.pem'].map((file) => readFileSync(at(name, file), 'utf8'))
  }
  const [[compose, root], [again, otherRoot]] = [await texts('first'), await texts('second')]
  expect(again).toBe(compose)
  expect(otherRoot).not.toBe(root)
})

test('--json', async () => {
  const { stdout } = await exported('password-secure', '--seed', '7', '--to', at('json'), '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ folder: at('json'), landscape: 'password-secure', hosts: 7, seed: 7, image: IMAGE[1] },
    files: expect.arrayContaining([{ path: 'secrets/app1.json', secret: true }]),
  })
})

test('what comes from a vendor’s image is said to be that image', async () => {
  const set = ['--set', 'sql1.sql-server.image=registry.example/sql:1', '--set', 'sql1.sql-server.acceptEula=true']
  const { code, stdout } = await exported('password-secure', ...set, '--to', at('vendor'))
  const note = 'sql1: sql-server is registry.example/sql:1 itself, in the service sql1-sql-server'
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`note: ${note}\n`) })
  expect(readFileSync(at('vendor', 'README.md'), 'utf8')).toContain(`- ${note}`)
})

test('a folder with something in it is left alone without --force', async () => {
  writeFileSync(at('mine'), 'mine')
  const refused = await exported('password-secure', '--to', here.folder)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/^error: \S+ is not empty: name another folder, or say --force/)
  expect(readFileSync(at('mine'), 'utf8')).toBe('mine')
})

test.each([
  [['--to', 'x'], 'wurst', /there is no landscape "wurst"/],
  [[], 'password-secure', /say where to write: landscape export compose --to FOLDER/],
  [['--to', 'x', '--first-port', '0'], 'password-secure', /a whole number from 1 to 65535/],
])('%j of %s is refused, and nothing is made', async (options, landscape, reason) => {
  const refused = await exported(landscape, ...options)
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(reason) })
  expect(readdirSync(here.folder)).not.toContain('x')
})

test('what it cannot write is told with what it can', async () => {
  const refused = await here.run('export', 'kubernetes', '--to', at('kubernetes'))
  expect(refused).toMatchObject({ code: 2, stderr: 'error: export knows compose, not "kubernetes"\n' })
})
