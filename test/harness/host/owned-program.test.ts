import { expect, test } from 'vitest'
import { OwnedProgram } from '../../../harness/host/owned-program.ts'
import { missing, run } from '../../support/programs.ts'

const shell = (words: string) => new OwnedProgram({ name: 'thing on a', path: '/bin/sh', args: ['-c', words] })
/** Ended ones stay in the table of processes until somebody asks for them. */
const isAlive = async (pid: number): Promise<boolean> => {
  const { output } = await run('ps', ['-o', 'state=', '-p', String(pid)])
  return /^[^Z\s]/.test(output)
}
const noShell = missing('sh', 'ps')
const why = noShell ?? ''

test.skipIf(noShell !== undefined)(
  `how a program ended, and what it wrote last, stand in the error${why}`,
  async () => {
    await using program = shell('seq 1 40; echo broken >&2; exit 3')
    const how = await program.ended
    expect(how).toBe('ended with exit code 3')
    const { message } = program.failure(how)
    expect(message).toMatch(/^thing on a ended with exit code 3; the last that it wrote:\n/)
    expect(message).toContain('broken')
    expect(message.split('\n').length).toBe(16)
  },
)

test('a program that is not there is told so', async () => {
  await using program = new OwnedProgram({ name: 'thing', path: '/no/such/program', args: [] })
  expect(await program.ended).toMatch(/^could not be started: .*ENOENT/)
})

test.skipIf(noShell !== undefined)(`what a program leaves behind goes with it${why}`, async () => {
  await using program = shell('sleep 1000 & echo $!; exit 1')
  expect(await program.ended).toBe('ended with exit code 1')
  const pid = Number(program.lastLines()[0])
  expect(pid).toBeGreaterThan(1)
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test.skipIf(noShell !== undefined)(`disposing ends it and its children${why}`, async () => {
  const program = shell('sleep 1000 & echo $!; wait')
  await expect.poll(() => program.lastLines().length).toBe(1)
  await program[Symbol.asyncDispose]()
  expect(await program.ended).toBe('was ended by SIGTERM')
  await expect.poll(() => isAlive(Number(program.lastLines()[0]))).toBe(false)
})
