import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { verbs } from '../../../harness/cli/verbs.ts'
import { machine } from './landscape-process.ts'

const here = machine()
afterAll(() => here[Symbol.dispose]())

test('the main help', async () => {
  expect(await here.run('--help')).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "",
      "stdout": "Usage: landscape VERB [arguments] [options]

    Rebuilds an on-premises landscape on this machine, proves its connections, and
    breaks it on purpose.

    Options:
      -v, --version  print the version
      -h, --help     display help for command

    Commands:
      up             start a landscape and keep it up until Ctrl-C
      verify         start a landscape, run its scenarios, report, stop
      list           list landscapes, scenarios, faults, components, flows, probes
      schema         print the landscape file's JSON Schema, for editors
      ps             list the landscapes that are up
      probe          ask a question from a host of a landscape that is up
      exec           run any program as a host of a landscape sees the world
      env            print what another program needs to be such a host
      journal        print what the components of a host wrote down
      files          list the files of a host
      inject         break the traffic of a landscape that is up
      clear          take back what was injected
      down           end a landscape that is up
      images         make the images that hosts in containers run
      export         write a landscape as a Compose file
      sql-server     start just a SQL Server, for tests of your own
      help [verb]    explain a verb

    LANDSCAPE is a built-in name ("landscape list landscapes") or the path of a landscape file;
    left out: full.

    Examples:
      $ landscape verify                           prove the landscape of both products, flow by flow
      $ landscape up                               keep it up, to try things by hand
      $ landscape exec client1 -- curl https://web1.corp.example/
      $ landscape inject drop:from=client1,to=app1,port=11018

    Every verb explains itself: landscape VERB --help.
    Exit codes: 0 all well, 1 a scenario failed, 2 usage or a bad landscape file, 3 it did not start,
    130 interrupted.
    ",
    }
  `)
})

const forPeople = [...verbs].filter(([, { hidden }]) => !hidden).map(([name]) => name)

test.each(forPeople)('%s explains itself with examples', async (verb) => {
  const { code, stdout, stderr } = await here.run(verb, '--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`Usage: landscape ${verb}`)
  expect(stdout).toMatch(/\nExamples:\n {2}\S/)
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
  expect((await here.run('help', verb)).stdout).toBe(stdout)
})

test('verify, whole', async () => {
  expect((await here.run('verify', '--help')).stdout).toMatchInlineSnapshot(`
    "Usage: landscape verify [options] [landscape]

    Start a landscape, run its scenarios, report, stop.

    Arguments:
      landscape                built-in name or path of a landscape file (default:
                               "full")

    Options:
      --with <fault>           add a fault: drop:from=client1,to=app1,port=11018
                               (repeatable)
      --set <setting>          change a setting: host.component.key=value
                               (repeatable)
      --engine <name>          what brings it to life: embedded (the default) or
                               docker; LANDSCAPE_ENGINE says it for all
      --seed <number>          replay the choices of an earlier run
      --patience <ms>          how long clients wait before their own time-out, in
                               milliseconds
      --keylog <file>          write TLS keys for Wireshark (NSS key log format)
      --only <pattern>         only cases whose id has this in it; * stands for
                               anything (repeatable)
      --failed                 only what failed when this landscape was last
                               verified
      --shard <i/n>            only the i-th of n parts
      --bail                   stop after the first failure
      --jobs <n>               landscapes that play side by side, in a process each
                               (default: one a processor, at most 4); with 1 a seed
                               repeats a run exactly
      --strict                 a skip that is not allowed fails the run (implied by
                               CI=true)
      --allow-skip <scenario>  a scenario that may be skipped under --strict
                               (repeatable)
      --junit <file>           write a JUnit report
      --html <file>            write a report for people: one page, with a map of
                               the landscape
      --json                   print one JSON document instead of text
      --no-isolation           run on this machine's own network, not in a namespace
                               of its own
      -h, --help               display help for command

    Examples:
      $ landscape verify                                               the landscape of both products
      $ landscape verify customer.yaml --html report.html              a customer's site, with a report
      $ landscape verify --only /login/ --bail                         one part, until something breaks
      $ landscape verify --with drop:from=client1,to=app1,port=11018   what would break?
      $ landscape verify --failed                                      what was red, again
      $ landscape verify --strict --junit junit.xml --shard 1/4        in CI
    "
  `)
})

describe('what is not understood', () => {
  test.each([
    [['verfy'], `error: unknown command 'verfy'\n(Did you mean verify?)\nsee "landscape --help"\n`],
    [
      ['verify', '--onyl', 'x'],
      `error: unknown option '--onyl'\n(Did you mean --only?)\nsee "landscape verify --help"\n`,
    ],
    [
      ['env', 'client1'],
      'error: say for which program: landscape env client1 --for curl|chromium|java|openssl|freetds\n',
    ],
    [['verify', '--seed', 'x'], "error: option '--seed <number>' argument 'x' is invalid. It must be a whole number"],
    [['verify', 'paswordsecure'], 'error: there is no landscape "paswordsecure"; did you mean "password-secure"?'],
    [['verify', 'nope'], 'windows-logins. A file is named by its path.'],
    [['verify', './no-such.yaml'], 'error: cannot read the landscape file ./no-such.yaml: there is no such file'],
    [['verify', '--engine', 'embeded'], 'error: there is no engine "embeded"; did you mean "embedded"?'],
    [
      ['verify', '--with', 'dorp:to=app1'],
      'error: --with dorp:to=app1: there is no fault "dorp"; did you mean "drop"?',
    ],
    [['verify', '--with', 'drop:to=ap1'], 'did you mean "app1"?'],
    [['verify', '--set', 'app1.password-secure/app-server.x=1'], 'x'],
    [['verify', '--shard', '5/4'], "argument '5/4' is invalid. Write i/n"],
    [['verify', '--failed', '--only', 'x'], '--failed and --only cannot stand together'],
    [['verify', '--failed'], 'was never verified here'],
    [['verify', '--html', '/dev/null/report.html'], 'cannot write /dev/null/report.html'],
    [['list', 'scenrios'], 'error: there is no list of "scenrios"; did you mean "scenarios"?'],
    [['up', '--name', '../x'], 'error: "../x" cannot name a run'],
    [['up', '--watch'], '--watch needs a file, and full is none'],
    [['down'], 'error: no landscape is up; start one: landscape up'],
    [['probe', 'client1', 'tcp', '--run', 'x'], 'error: no run named "x" is up; start one: landscape up'],
    [['probe', 'client1', 'tcp', 'host'], 'error: "host" is not key=value'],
    [['exec', 'client1'], "error: missing required argument 'program'"],
    [['env', 'client1', '--for', 'crul'], 'did you mean "curl"?'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await here.run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })

  test('no verb at all: the help, as an error', async () => {
    const { code, stdout, stderr } = await here.run()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: landscape VERB')
  })

  test('with --json, the error is a document as well', async () => {
    const { code, stdout } = await here.run('down', '--json')
    expect({ code, document: JSON.parse(stdout) }).toEqual({
      code: 2,
      document: { error: { code: 'not-running', message: 'no landscape is up; start one: landscape up' } },
    })
  })
})

test.each([
  [['landscapes'], 'password-secure'],
  [['faults'], 'drop:to=…[,from=…][,port=…]'],
  [['components'], 'smtp-server'],
  [['probes'], 'host=… port=…'],
  [['flows'], '11011'],
  [['scenarios'], 'password-secure/'],
  [['scenarios', 'all-in-one'], 'password-secure/'],
  [['flows', 'load-balanced'], 'app3'],
])('list %j, as text and as JSON', async (args, part) => {
  const text = await here.run('list', ...args)
  expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' })
  expect(text.stdout).toContain(part)
  const { stdout } = await here.run('list', ...args, '--json')
  const [rows] = Object.values(JSON.parse(stdout)).filter(Array.isArray)
  // What is wrapped goes on, indented, below its row.
  expect(rows).toHaveLength(text.stdout.split('\n').filter((line) => /^\S/.test(line)).length - 1)
})

test('list faults fits a log', async () => {
  const { stdout } = await here.run('list', 'faults')
  expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([])
})

test('schema prints a JSON Schema', async () => {
  const { code, stdout } = await here.run('schema')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { hosts: expect.anything() } })
})

test('--version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
  expect(await here.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})
