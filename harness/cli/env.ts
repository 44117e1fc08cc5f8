import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../context/error.ts'
import { suggestion } from '../landscape/nearest.ts'
import type { Command } from './commander.ts'
import { envPrograms } from './env-programs.ts'
import { hostView } from './host-view.ts'
import { refuseInOwnContainer } from './own-container.ts'
import { shellLines } from './shell-lines.ts'
import { type RunFlags, runOptions, standingRun } from './standing-run.ts'
import { type Cli, examples, printJson } from './verb.ts'

interface EnvFlags extends RunFlags {
  readonly for?: string
}

export function define(command: Command, cli: Cli): void {
  runOptions(command.argument('<host>', 'the host to be'))
    .option('--for <program>', `which program (needed): ${[...envPrograms.keys()].join(', ')}`)
    .action((host: string, flags: EnvFlags) => env(cli, host, flags))
  examples(command, [
    ['eval "$(landscape env client1 --for curl)"', "from now on, curl in this shell is client1's"],
    ['landscape env app1 --for freetds', 'a freetds.conf with all SQL Servers it reaches'],
    ['landscape env client1 --for chromium', 'the options that a browser needs'],
  ])
  command.addHelpText('after', '\nThe files that it names live as long as the run.')
}

async function env(cli: Cli, host: string, flags: EnvFlags): Promise<void> {
  if (flags.for === undefined) {
    const choices = [...envPrograms.keys()].join('|')
    throw new HarnessError('usage', `say for which program: landscape env ${host} --for ${choices}`)
  }
  const prepare = envPrograms.get(flags.for)
  if (!prepare) {
    throw new HarnessError(
      'usage',
      `env knows nothing of "${flags.for}"${suggestion(flags.for, envPrograms.keys(), 'programs')}`,
    )
  }
  await using run = await standingRun(flags.run)
  const { folder, engine } = await run.control.request('info', {})
  refuseInOwnContainer(engine, host)
  if (engine !== 'embedded') {
    const text = `from outside of its container no program sees what ${host} sees: landscape exec ${host} -- PROGRAM …`
    throw new HarnessError('platform-unsupported', text)
  }
  // Asked before the folder is made: a host that does not exist is an error, and no path.
  await run.control.request('names', { host })
  const own = join(folder, `env-${host}`)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const settings = prepare(await hostView(run, host, own))
  if (flags.json) printJson(cli.output, { host, program: flags.for, ...settings })
  else cli.output.write(shellLines(settings, process.platform))
}
