import { mkdtempDisposableSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../context/error.ts'
import type { Command } from './commander.ts'
import { checkExecSupport, runAsHost } from './exec-mount.ts'
import { hostView } from './host-view.ts'
import { refuseInOwnContainer } from './own-container.ts'
import { type StandingRun, standingRun } from './standing-run.ts'
import { type Cli, examples } from './verb.ts'

interface ExecFlags {
  readonly run?: string
}

export function define(command: Command, cli: Cli): void {
  command
    .argument('<host>', 'the host to be')
    .argument('<program>', 'what to run; put -- in front of it')
    .argument('[args...]', 'its arguments')
    .option('--run <name>', 'which run, when several are up ("landscape ps")')
    .usage('HOST [--run NAME] -- PROGRAM [args...]')
    .action((host: string, program: string, args: readonly string[], flags: ExecFlags) =>
      exec(cli, host, [program, ...args], flags),
    )
  examples(command, [
    ['landscape exec client1 -- curl https://web1.corp.example/', 'by its names and trust'],
    ['landscape exec app1 -- openssl s_client -connect sql1.corp.example:1433', ''],
    ['landscape exec client1 -- bash', 'a shell'],
  ])
  command.addHelpText(
    'after',
    '\nLinux only: the program gets a mount namespace with that host\'s hosts file.\nElsewhere: landscape env HOST --for PROGRAM.\nAn ordinary user needs a user namespace for that and is its root, so that "id" says root;\nyour rights on this machine stay your own.\nExit code: the program\'s own.',
  )
}

async function exec(cli: Cli, host: string, program: readonly string[], flags: ExecFlags): Promise<void> {
  await using run = await standingRun(flags.run)
  const { folder, engine } = await run.control.request('info', {})
  refuseInOwnContainer(engine, host)
  const pid = run.file.path === undefined ? await networkProcessOf(run, host, engine) : run.file.pid
  checkExecSupport(host, pid)
  using own = mkdtempDisposableSync(join(folder, 'exec-'))
  const view = await hostView(run, host, own.path)
  if (view.portsMoved) {
    cli.output.error(
      `note: this user may not have the documented ports, so they are moved: "landscape up --isolated" has them\n`,
    )
  }
  cli.exitCode = await runAsHost(view, program, pid)
}

/** The process whose network a program must enter to be on the host; undefined where the host lives in this machine's own. */
async function networkProcessOf({ control }: StandingRun, host: string, engine: string): Promise<number | undefined> {
  if (engine === 'embedded') return undefined
  const found = (await control.request('hosts', {})).find(({ name }) => name === host)
  if (found && found.networkProcess === undefined) {
    const text = `exec cannot enter the container of ${host}: its engine is not on this machine. Instead: docker exec`
    throw new HarnessError('platform-unsupported', text)
  }
  return found?.networkProcess
}
