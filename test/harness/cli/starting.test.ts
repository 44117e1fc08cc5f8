import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAlive } from '../../../harness/context/run-folder.ts'
import { type Machine, machine } from './landscape-process.ts'

const mini = `landscape: mini
domain: corp.example
hosts:
  smtp1: { runs: { smtp-server: {} } }
  client1: { runs: {} }
`

function miniMachine(text = mini): Machine {
  const here = machine()
  writeFileSync(join(here.folder, 'mini.yaml'), text)
  return here
}

const isDown = (here: Machine) => readdirSync(join(here.folder, 'state', 'runs'))

test('what is asked at the same time as up is called waits until it is up', async () => {
  using here = miniMachine()
  const child = here.start('up', './mini.yaml')
  using _end = { [Symbol.dispose]: () => void child.kill() }
  const ended = once(child, 'exit')
  const probed = await here.run('probe', 'operator', 'tcp', 'host=smtp1', 'port=25')
  expect(probed).toMatchObject({ code: 0, stderr: '' })
  expect(await here.run('down')).toMatchObject({ code: 0, stdout: 'ended: mini\n' })
  expect(await ended).toEqual([0, null])
  expect(isDown(here)).toEqual([])
})

test('down, called at the same time as up, ends what is starting', async () => {
  using here = miniMachine()
  const child = here.start('up', './mini.yaml')
  using _end = { [Symbol.dispose]: () => void child.kill() }
  const ended = once(child, 'exit')
  expect(await here.run('down')).toMatchObject({ code: 0, stdout: 'ended: mini\n' })
  expect(await ended).toEqual([0, null])
  expect(isDown(here)).toEqual([])
})

test('who waits for one that does not start is told so', async () => {
  using here = miniMachine('landscape: [')
  const child = here.start('up', './mini.yaml')
  using _end = { [Symbol.dispose]: () => void child.kill() }
  const probed = await here.run('probe', 'client1', 'dns', 'name=smtp1')
  expect(probed).toMatchObject({ code: 2, stdout: '' })
  expect(probed.stderr).toContain('no landscape is up')
  if (child.exitCode === null) await once(child, 'exit')
  expect(isDown(here)).toEqual([])
})

test('up --detach returns when it is up, and down ends it', async () => {
  using here = miniMachine()
  await using _end = { [Symbol.asyncDispose]: async () => void (await here.run('down', '--all')) }
  const up = await here.run('up', './mini.yaml', '--detach', '--name', 'behind', '--with', 'reject:to=smtp1,port=25')
  expect(up).toMatchObject({ code: 0, stderr: 'starting ./mini.yaml …\n' })
  expect(up.stdout).toMatch(/^behind is up in /)
  expect(up.stdout).not.toContain('Ctrl-C')
  const log = /^Its output goes on in (.+)$/m.exec(up.stdout)?.[1] ?? ''
  if (process.platform !== 'win32') expect(statSync(log).mode & 0o777).toBe(0o600)
  expect((await here.run('probe', 'operator', 'tcp', 'host=smtp1', 'port=25')).code).toBe(1)
  const { runs } = JSON.parse((await here.run('ps', '--json')).stdout)
  expect(runs).toMatchObject([{ name: 'behind' }])
  expect(await here.run('down')).toMatchObject({ code: 0, stdout: 'ended: behind\n' })
  expect(isAlive(runs[0].pid)).toBe(false)
  expect(readFileSync(log, 'utf8')).toContain('behind has ended')
})

test('up --detach prints the error of one that does not start, and has its code', async () => {
  using here = miniMachine('landscape: mini\nhosts:\n  a: { rnus: {} }\n')
  const up = await here.run('up', './mini.yaml', '-d')
  expect(up).toMatchObject({ code: 2, stdout: '' })
  expect(up.stderr).toContain('did you mean "runs"')
  expect(readdirSync(join(here.folder, 'state', 'logs'))).toEqual([])
  const both = await here.run('up', './mini.yaml', '-d', '--watch')
  expect(both).toMatchObject({ code: 2, stderr: 'error: --detach and --watch cannot stand together\n' })
})
